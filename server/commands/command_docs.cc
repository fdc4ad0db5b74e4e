#include "server/commands/command_docs.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "server/commands/command_info.h"
#include "server/commands/command_syntax.h"

namespace redstart {
namespace {

// By SyntaxArgument::Type.
constexpr std::string_view kArgumentTypes[] = {
    "string", "integer", "double", "key", "pattern", "unix-time", "pure-token", "oneof", "block"};

void ReplyWithArguments(const std::vector<SyntaxArgument>& arguments, ReplyBuilder& reply);

void ReplyWithArgument(const SyntaxArgument& argument, ReplyBuilder& reply) {
  using Type = SyntaxArgument::Type;
  const bool has_parts = argument.type == Type::kOneOf || argument.type == Type::kBlock;
  const size_t flags = size_t{argument.optional} + argument.multiple + argument.multiple_token;
  const size_t handle = reply.BeginMap();
  size_t pairs = 3;
  ReplyWithPair("name", argument.name, reply);
  ReplyWithPair("type", kArgumentTypes[static_cast<size_t>(argument.type)], reply);
  if (!has_parts) ReplyWithPair("display_text", argument.display_text, reply);
  if (argument.key_spec >= 0) {
    ReplyWithPair("key_spec_index", argument.key_spec, reply);
    ++pairs;
  }
  const std::pair<std::string_view, std::string_view> texts[] = {
      {"token", argument.token},
      {"since", argument.since},
      {"deprecated_since", argument.deprecated_since}};
  for (const auto& [name, text] : texts) {
    if (text.empty()) continue;
    ReplyWithPair(name, text, reply);
    ++pairs;
  }
  if (flags > 0) {
    reply.Bulk("flags");
    reply.Set(flags);
    if (argument.optional) reply.Simple("optional");
    if (argument.multiple) reply.Simple("multiple");
    if (argument.multiple_token) reply.Simple("multiple_token");
    ++pairs;
  }
  if (has_parts) {
    reply.Bulk("arguments");
    ReplyWithArguments(argument.arguments, reply);
  }
  reply.EndMap(handle, pairs);
}

// Cuts off what stands before the next `mark`, or all, and the mark.
std::string_view CutFront(char mark, std::string_view* text) {
  const std::string_view front = text->substr(0, text->find(mark));
  text->remove_prefix(std::min(front.size() + 1, text->size()));
  return front;
}

// What has become of a command: whether it is still to be used, and what was added later. Answers
// with the number of pairs.
size_t ReplyWithStanding(const CommandSpec& spec, ReplyBuilder& reply) {
  size_t pairs = 0;
  if (spec.is_internal || !spec.deprecated.empty()) {
    reply.Bulk("doc_flags");
    reply.Set(1);
    reply.Simple(spec.is_internal ? "syscmd" : "deprecated");
    ++pairs;
  }
  if (!spec.deprecated.empty()) {
    std::string_view rest = spec.deprecated;
    ReplyWithPair("deprecated_since", CutFront(' ', &rest), reply);
    ReplyWithPair("replaced_by", rest, reply);
    pairs += 2;
  }
  if (!spec.history.empty()) {
    reply.Bulk("history");
    reply.Set(1 + static_cast<size_t>(std::ranges::count(spec.history, '\n')));
    for (std::string_view rest = spec.history; !rest.empty();) {
      std::string_view line = CutFront('\n', &rest);
      reply.Array(2);
      reply.Bulk(CutFront(' ', &line));
      reply.Bulk(line);
    }
    ++pairs;
  }
  return pairs;
}

void ReplyWithArguments(const std::vector<SyntaxArgument>& arguments, ReplyBuilder& reply) {
  reply.Array(arguments.size());
  for (const SyntaxArgument& argument : arguments) ReplyWithArgument(argument, reply);
}

void ReplyWithSubcommandDocs(const std::vector<const CommandRow*>& subcommands,
                             ReplyBuilder& reply) {
  reply.Bulk("subcommands");
  reply.Map(subcommands.size());
  for (const CommandRow* subcommand : subcommands) {
    reply.Bulk(subcommand->full_name);
    ReplyWithDocs(*subcommand, reply);
  }
}

}  // namespace

void ReplyWithDocs(const CommandRow& row, ReplyBuilder& reply) {
  const CommandSpec& spec = *row.spec;
  const std::vector<const CommandRow*> subcommands = ListedSubcommands(row);
  const size_t handle = reply.BeginMap();
  size_t pairs = 4;
  ReplyWithPair("summary", spec.summary, reply);
  ReplyWithPair("since", spec.since, reply);
  ReplyWithPair("group", GroupName(spec.group), reply);
  ReplyWithPair("complexity", spec.complexity, reply);
  pairs += ReplyWithStanding(spec, reply);
  if (!spec.args.empty()) {
    reply.Bulk("arguments");
    ReplyWithArguments(ParseSyntax(spec), reply);
    ++pairs;
  }
  if (!subcommands.empty()) {
    ReplyWithSubcommandDocs(subcommands, reply);
    ++pairs;
  }
  reply.EndMap(handle, pairs);
}

}  // namespace redstart
