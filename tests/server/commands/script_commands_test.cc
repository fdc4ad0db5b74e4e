#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ScriptCommandsTest : public CommandTest {
 protected:
  RespValue Eval(std::string_view script) { return Run("EVAL", script, "0"); }
  std::string Failure(std::string_view script) { return Eval(script).text(); }
};

TEST_F(ScriptCommandsTest, ScriptsReplyWithWhatTheyReturn) {
  EXPECT_EQ(Eval("return 3.99"), Int(3));
  EXPECT_EQ(Eval("return 'text'"), Bulk("text"));
  EXPECT_EQ(Eval("return true"), Int(1));
  EXPECT_EQ(Eval("return false"), Nil());
  EXPECT_EQ(Eval("return {ok='FINE'}"), RespValue::Simple("FINE"));
  EXPECT_EQ(Eval("return {err='MINE text'}"), Error("MINE text"));
  EXPECT_EQ(Run("EVAL", "return {KEYS[1], ARGV[1]}", "1", "k", "a"),
            RespValue::Array({Bulk("k"), Bulk("a")}));
}

TEST_F(ScriptCommandsTest, CommandsAnswerWithLuaValues) {
  EXPECT_EQ(Eval("return redis.call('SET', 'k', 'v').ok"), Bulk("OK"));
  EXPECT_EQ(Eval("return redis.call('GET', 'k') .. '!'"), Bulk("v!"));
  EXPECT_EQ(Eval("return redis.call('GET', 'none') == false"), Int(1));
  EXPECT_EQ(Eval("return redis.pcall('INCR', 'k').err"),
            Bulk("ERR value is not an integer or out of range"));
}

TEST_F(ScriptCommandsTest, AnErrorOfACommandNamesScriptAndLine) {
  Run("SET", "k", "v");
  const std::string error = Failure("\nreturn redis.call('INCR', 'k')");
  EXPECT_THAT(error, StartsWith("ERR value is not an integer or out of range script: "));
  EXPECT_THAT(error, EndsWith(", on @user_script:2."));
  EXPECT_THAT(Failure("return redis.call('NOSUCH')"),
              StartsWith("ERR Unknown Redis command called from script script: "));
  EXPECT_THAT(Failure("return redis.call('SUBSCRIBE', 'c')"),
              StartsWith("ERR This Redis command is not allowed from script"));
}

TEST_F(ScriptCommandsTest, EffectsAreOneBlockOfWhatTheCommandsDid) {
  Eval("redis.call('SET', 'a', '1') redis.call('INCRBYFLOAT', 'a', '0.5')");
  EXPECT_THAT(Effects(), ElementsAre("MULTI", "SELECT 0", "SET a 1", "SET a 1.5 KEEPTTL", "EXEC"));
  Eval("redis.set_repl(redis.REPL_NONE) redis.call('SET', 'b', '1')");
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(ScriptCommandsTest, AnErrorKeepsWhatWasDoneBefore) {
  EXPECT_TRUE(Eval("redis.call('SET', 'a', '1') redis.call('NOSUCH')").IsError());
  EXPECT_EQ(Run("GET", "a"), Bulk("1"));
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "SET a 1"));
}

TEST_F(ScriptCommandsTest, SelectInsideChangesNothingOutside) {
  Eval("redis.call('SELECT', '3') redis.call('SET', 'k', 'there')");
  EXPECT_EQ(Run("GET", "k"), Nil());
  Run("SELECT", "3");
  EXPECT_EQ(Run("GET", "k"), Bulk("there"));
}

TEST_F(ScriptCommandsTest, ScriptsAreKnownByTheirDigest) {
  const RespValue digest = Run("SCRIPT", "LOAD", "return 7");
  EXPECT_EQ(Run("EVALSHA", digest.text(), "0"), Int(7));
  EXPECT_EQ(Run("SCRIPT", "EXISTS", digest.text(), "x"), RespValue::Array({Int(1), Int(0)}));
  Run("SCRIPT", "FLUSH");
  EXPECT_EQ(Run("EVALSHA", digest.text(), "0"),
            Error("NOSCRIPT No matching script. Please use EVAL."));
}

TEST_F(ScriptCommandsTest, AScriptThatOnlyReadsMayNotWrite) {
  EXPECT_THAT(Run("EVAL_RO", "redis.call('SET', 'k', 'v')", "0").text(),
              StartsWith("ERR Write commands are not allowed from read-only scripts."));
  EXPECT_THAT(Failure("#!lua flags=no-writes\nredis.call('SET', 'k', 'v')"),
              StartsWith("ERR Write commands are not allowed from read-only scripts."));
  EXPECT_EQ(Failure("#!lua flags=what\nreturn 1"), "ERR Unexpected flag in script shebang: what");
}

TEST_F(ScriptCommandsTest, NothingThatScriptsShareCanBeChanged) {
  for (const std::string_view script :
       {"x = 1", "redis = 1", "redis.call = 1", "_G.x = 1", "rawset(_G, 'x', 1)",
        "rawset(redis, 'x', 1)", "setmetatable(_G, {})", "getmetatable(_G).__index = {}",
        "getmetatable('').__index = {}", "table.insert(redis, 1)", "string.find = 1",
        "setfenv(0, {})", "coroutine.wrap(function() redis.call = 1 end)()"}) {
    EXPECT_THAT(Failure(script), HasSubstr("Attempt to modify a readonly table")) << script;
  }
  EXPECT_EQ(Eval("for k, v in pairs(redis) do if k == 'call' then return 1 end end"), Int(1));
}

TEST_F(ScriptCommandsTest, WhatDoesNotExistCannotBeRead) {
  for (const std::string_view name :
       {"x", "print", "dofile", "loadfile", "require", "io", "os", "debug", "newproxy"}) {
    EXPECT_THAT(Failure(std::string("return ").append(name)),
                HasSubstr("Script attempted to access nonexistent global variable '"));
  }
  EXPECT_EQ(Eval("return loadstring(string.dump(function() return 1 end)) == nil"), Int(1));
}

TEST_F(ScriptCommandsTest, NoScriptCrashesOrSwellsTheServer) {
  for (const std::string_view script : {
           "return string.find(('a'):rep(3e5), ('a?'):rep(3e5))",
           "error({})",
           "local function f() return coroutine.wrap(f)() end return f()",
           "local function f() return f() + 1 end return f()",
           "return ('x'):rep(2^30)",
           "cjson.encode_sparse_array(false, 0) return cjson.encode({[2^31 - 1] = 1})",
           "return cjson.decode(('['):rep(100000))",
           "return cmsgpack.unpack(('\\145'):rep(1000000))",
           "return string.format('%99999d', 1)",
           "return unpack({}, 1, 1e8)",
           "local a = {} setmetatable(a, {__index = a}) return a.x",
       }) {
    EXPECT_TRUE(Eval(script).IsError()) << script;
  }
  // A table in itself ends, as on Redis, in an error inside the reply.
  EXPECT_THAT(client_.RunRaw({"EVAL", "local t = {} t[1] = t return t", "0"}),
              EndsWith("-ERR reached lua stack limit\r\n"));
  EXPECT_EQ(Eval("return bit.tohex(65535, -2147483648)"), Bulk("0000FFFF"));
  EXPECT_EQ(Eval("local function f() pcall(f) end f() return 1"), Int(1));
}

TEST_F(ScriptCommandsTest, BlockingCommandsDoNotBlock) {
  EXPECT_EQ(Eval("return redis.call('BLPOP', 'none', 0)"), Nil());
  EXPECT_THAT(Failure("return redis.call('xread', 'BLOCK', 0, 'STREAMS', 's', '$')"),
              StartsWith("ERR xread command is not allowed with BLOCK option from scripts"));
}

TEST_F(ScriptCommandsTest, ScriptsRunInsideTransactions) {
  Run("MULTI");
  Run("EVAL", "return redis.call('INCR', KEYS[1])", "1", "n");
  Run("INCR", "n");
  EXPECT_EQ(Run("EXEC"), RespValue::Array({Int(1), Int(2)}));
  EXPECT_THAT(Effects(), ElementsAre("MULTI", "SELECT 0", "INCR n", "INCR n", "EXEC"));
}

TEST_F(ScriptCommandsTest, TimeStandsStillInAScript) {
  EXPECT_EQ(Eval("local a = redis.call('TIME')[2] local b = redis.call('TIME')[2] return a == b"),
            Int(1));
}

TEST_F(ScriptCommandsTest, NumbersKeepTheirDigits) {
  EXPECT_EQ(Eval("redis.call('SET', 'n', 9007199254740991) return redis.call('GET', 'n')"),
            Bulk("9007199254740991"));
  EXPECT_EQ(Eval("redis.call('SET', 'n', 3.3) return redis.call('GET', 'n')"), Bulk("3.3"));
}

TEST_F(ScriptCommandsTest, WatchesAndWaitersNoticeScripts) {
  const auto other = NewClient();
  other->Run("WATCH", "k");
  other->Run("MULTI");
  other->Run("PING");
  Eval("redis.call('SET', 'k', 'v')");
  EXPECT_TRUE(other->Run("EXEC").IsNull());
  const auto waiter = NewClient();
  waiter->RunRaw({"BLPOP", "list", "0"});
  Eval("redis.call('RPUSH', 'list', 'a', 'b')");
  EXPECT_EQ(waiter->Resume(), RespValue::Array({Bulk("list"), Bulk("a")}));
}

}  // namespace
}  // namespace redstart
