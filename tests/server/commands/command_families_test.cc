// Walks every row of every family: what rows promise each other, and that they tell the facts of
// Redis (commands.tsv: name, group, since, arity, flags, ACL categories, key specifications).

#include "server/commands/command_families.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "server/commands/command_info.h"
#include "server/commands/command_syntax.h"
#include "server/exec/command_table.h"

namespace redstart {
namespace {

using Words = std::set<std::string>;

Words Split(const std::string& text, char separator) {
  Words words;
  std::istringstream in(text);
  for (std::string word; std::getline(in, word, separator);) words.insert(word);
  return words;
}

Words FlagNames(const CommandSpec& spec) {
  static const std::map<uint32_t, std::string> kNames = {
      {kWrite, "write"},
      {kReadOnly, "readonly"},
      {kDenyOom, "denyoom"},
      {kAdmin, "admin"},
      {kPubSub, "pubsub"},
      {kNoScript, "noscript"},
      {kBlocking, "blocking"},
      {kLoading, "loading"},
      {kStale, "stale"},
      {kSkipMonitor, "skip_monitor"},
      {kSkipSlowlog, "skip_slowlog"},
      {kAsking, "asking"},
      {kFast, "fast"},
      {kNoAuth, "no_auth"},
      {kMayReplicate, "may_replicate"},
      {kNoMandatoryKeys, "no_mandatory_keys"},
      {kNoAsyncLoading, "no_async_loading"},
      {kNoMulti, "no_multi"},
      {kAllowBusy, "allow_busy"},
      {kTouchesArbitraryKeys, "touches_arbitrary_keys"},
      {kProtected, "protected"},
      {kSentinel, "sentinel"},
  };
  Words names;
  for (const auto& [flag, name] : kNames) {
    if (spec.Has(flag)) names.insert(name);
  }
  return names;
}

Words CategoryNames(const CommandSpec& spec) {
  Words names;
  for (const char* name :
       {"keyspace",   "read",        "write",    "set",         "sortedset", "list",
        "hash",       "string",      "bitmap",   "hyperloglog", "geo",       "stream",
        "pubsub",     "admin",       "fast",     "slow",        "blocking",  "dangerous",
        "connection", "transaction", "scripting"}) {
    if ((spec.AllCategories() & *FindAclCategory(name)) != 0) names.insert(name);
  }
  return names;
}

// A key specification in the notation of commands.tsv, its flags in alphabetical order.
std::string KeyFacts(const KeySpec& keys) {
  static const std::map<uint16_t, std::string> kFlags = {
      {kKeyReadOnly, "RO"},
      {kKeyReadWrite, "RW"},
      {kKeyOverwrite, "OW"},
      {kKeyRemove, "RM"},
      {kKeyAccess, "ACCESS"},
      {kKeyUpdate, "UPDATE"},
      {kKeyInsert, "INSERT"},
      {kKeyDelete, "DELETE"},
      {kKeyNotKey, "NOT_KEY"},
      {kKeyIncomplete, "INCOMPLETE"},
      {kKeyVariableFlags, "VARIABLE_FLAGS"},
  };
  std::ostringstream text;
  if (keys.unknown) {
    text << "unknown";
  } else {
    if (!keys.keyword.empty()) text << "kw:" << keys.keyword << "@";
    text << keys.index << ",";
    if (keys.counted) {
      text << "keynum(numidx=" << keys.last << ",first=" << keys.first << ")," << keys.step;
    } else {
      text << keys.last << "," << keys.step;
      if (keys.limit > 0) text << ",limit=" << keys.limit;
    }
  }
  Words flags;
  for (const auto& [flag, name] : kFlags) {
    if ((keys.flags & flag) != 0) flags.insert(name);
  }
  for (const std::string& name : flags) text << "+" << name;
  return text.str();
}

// The same of a specification as commands.tsv has it: "1,0,1[RW+UPDATE]".
std::string SortedFacts(const std::string& text) {
  const size_t bracket = text.find('[');
  std::string sorted =
      text.substr(text.find_first_not_of(' '), bracket - text.find_first_not_of(' '));
  for (const std::string& flag :
       Split(text.substr(bracket + 1, text.find(']') - bracket - 1), '+')) {
    sorted.append("+").append(flag);
  }
  return sorted;
}

struct Facts {
  std::string group;
  std::string since;
  int arity;
  Words flags;
  Words categories;
  std::vector<std::string> keys;
};

std::map<std::string, Facts> ReadFacts() {
  std::map<std::string, Facts> all;
  std::ifstream file(REDSTART_COMMAND_FACTS);
  std::string line;
  std::getline(file, line);  // The titles.
  while (std::getline(file, line)) {
    std::vector<std::string> columns;
    std::istringstream in(line);
    for (std::string column; std::getline(in, column, '\t');) columns.push_back(column);
    columns.resize(7);
    std::replace(columns[1].begin(), columns[1].end(), '_', '-');
    Facts facts = {columns[1],
                   columns[2],
                   std::stoi(columns[3]),
                   Split(columns[4], ','),
                   Split(columns[5], ','),
                   {}};
    std::istringstream keys(columns[6]);
    for (std::string spec; std::getline(keys, spec, ';');) facts.keys.push_back(SortedFacts(spec));
    all.emplace(columns[0], std::move(facts));
  }
  return all;
}

std::vector<const CommandSpec*> AllRows() {
  std::vector<const CommandSpec*> rows;
  for (const CommandRows& family : AllCommandFamilies()) {
    for (const CommandSpec& spec : family) rows.push_back(&spec);
  }
  return rows;
}

TEST(CommandFamiliesTest, NamesAreUniqueInCapitalsAndParentsComeFirst) {
  std::set<std::string_view> names;
  for (const CommandSpec* spec : AllRows()) {
    EXPECT_TRUE(names.insert(spec->name).second) << spec->name << " stands twice";
    EXPECT_EQ(spec->name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ "),
              std::string_view::npos)
        << spec->name;
    const size_t blank = spec->name.find(' ');
    if (blank == std::string_view::npos) continue;
    EXPECT_TRUE(names.contains(spec->name.substr(0, blank))) << spec->name << " has no parent";
    EXPECT_EQ(spec->name.find(' ', blank + 1), std::string_view::npos) << spec->name;
  }
}

TEST(CommandFamiliesTest, EveryRowDescribesItself) {
  for (const CommandSpec* spec : AllRows()) {
    EXPECT_FALSE(spec->since.empty()) << spec->name;
    EXPECT_FALSE(spec->summary.empty()) << spec->name;
    EXPECT_TRUE(spec->summary.ends_with('.')) << spec->name;
    EXPECT_FALSE(spec->complexity.empty()) << spec->name;
    const bool needs_handler = !spec->Has(kContainer);
    EXPECT_TRUE(!needs_handler || spec->run.kind != Handler::Kind::kAbsent) << spec->name;
  }
}

TEST(CommandFamiliesTest, ArityFollowsFromTheSyntax) {
  for (const CommandSpec* spec : AllRows()) {
    // DEBUG's subcommands say for themselves that a count is wrong.
    if (spec->Has(kUnlisted) || spec->run.kind == Handler::Kind::kAbsent) continue;
    // Redis's own syntax of these leaves out what their arity asks for.
    if (spec->name == "DEBUG" || spec->name == "CLIENT KILL") continue;
    const SyntaxCount words = CountWords(ParseSyntax(*spec));
    const int name_words = spec->name.find(' ') == std::string_view::npos ? 1 : 2;
    EXPECT_EQ(words.min + name_words, std::abs(spec->arity)) << spec->name << ": " << spec->args;
    // QUIT and CONTAINERs take what nobody reads.
    if (spec->arity > 0) {
      EXPECT_TRUE(!words.unlimited && words.max == words.min) << spec->name << ": " << spec->args;
    }
  }
}

TEST(CommandFamiliesTest, KeysStandInsideTheArity) {
  for (const CommandSpec* spec : AllRows()) {
    for (const KeySpec& keys : spec->keys) {
      EXPECT_GT(keys.step, 0) << spec->name;
      const int what = keys.flags & (kKeyReadOnly | kKeyReadWrite | kKeyOverwrite | kKeyRemove);
      EXPECT_TRUE(std::has_single_bit(static_cast<unsigned>(what)) || what == 0) << spec->name;
      if (keys.unknown || !keys.keyword.empty() || spec->Has(kUnlisted)) continue;
      const int last =
          keys.counted ? keys.index + keys.last : keys.index + std::max<int>(keys.last, 0);
      // There may be none of those that go on to the end (PFMERGE).
      EXPECT_LT(last, std::abs(spec->arity) + (keys.last < 0 ? 1 : 0)) << spec->name;
    }
  }
}

TEST(CommandFamiliesTest, FlagsHandlersAndKeysAgree) {
  for (const CommandSpec* spec : AllRows()) {
    const std::string_view name = spec->name;
    EXPECT_FALSE(spec->Has(kWrite) && spec->Has(kReadOnly)) << name;
    EXPECT_FALSE(spec->Has(kDenyOom) && !spec->Has(kWrite)) << name;
    const bool is_session = spec->run.kind == Handler::Kind::kSession;
    EXPECT_TRUE(!spec->Has(kNeedsWalk) || is_session) << name;
    EXPECT_TRUE(!spec->Has(kNeedsWhole) || is_session || spec->run.kind == Handler::Kind::kWrite)
        << name;
    const bool changes_keys =
        std::any_of(spec->keys.begin(), spec->keys.end(), [](const KeySpec& k) {
          return (k.flags & (kKeyReadWrite | kKeyOverwrite | kKeyRemove)) != 0;
        });
    // PFCOUNT reads, but may write what it computed beside the value.
    EXPECT_TRUE(!changes_keys || spec->Has(kWrite | kMayReplicate)) << name;
    // What writes has keys or the whole keyspace, but for the function library, which is neither.
    const bool is_function = name.starts_with("FUNCTION ");
    EXPECT_TRUE(!spec->Has(kWrite) || !spec->keys.empty() ||
                spec->run.kind == Handler::Kind::kWhole || spec->Has(kNeedsWhole) || is_function)
        << name;
    EXPECT_FALSE(spec->run.kind == Handler::Kind::kRead && spec->Has(kWrite)) << name;
    EXPECT_FALSE(spec->run.kind == Handler::Kind::kWrite &&
                 !spec->Has(kWrite | kMayReplicate | kDebugGuarded) && name != "SORT_RO")
        << name << ": only SORT_RO shares the handler of one that writes";
    const bool has_variable_flags =
        std::any_of(spec->keys.begin(), spec->keys.end(),
                    [](const KeySpec& k) { return (k.flags & kKeyVariableFlags) != 0; });
    EXPECT_EQ(has_variable_flags, spec->key_flags != nullptr) << name;
    EXPECT_EQ(spec->Has(kMovableKeys), false) << name << ": it follows from the keys";
  }
}

TEST(CommandFamiliesTest, RowsTellTheFactsOfRedis) {
  const std::map<std::string, Facts> all = ReadFacts();
  ASSERT_GT(all.size(), 300u);
  for (const CommandSpec* spec : AllRows()) {
    if (spec->Has(kUnlisted)) continue;
    const auto found = all.find(std::string(spec->name));
    if (found == all.end()) {
      ADD_FAILURE() << spec->name << " is not in commands.tsv";
      continue;
    }
    const Facts& facts = found->second;
    EXPECT_EQ(spec->since, facts.since) << spec->name;
    EXPECT_EQ(spec->arity, facts.arity) << spec->name;
    EXPECT_EQ(FlagNames(*spec), facts.flags) << spec->name;
    EXPECT_EQ(CategoryNames(*spec), facts.categories) << spec->name;
    EXPECT_EQ(GroupName(spec->group), facts.group) << spec->name;
    std::vector<std::string> keys;
    for (const KeySpec& key : spec->keys) keys.push_back(KeyFacts(key));
    EXPECT_EQ(keys, facts.keys) << spec->name;
  }
}

}  // namespace
}  // namespace redstart
