#include "protocol/resp_parser.h"

#include <chrono>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using Status = RequestParser::Status;
using Request = std::vector<std::string>;

struct Outcome {
  std::vector<Request> requests;
  std::string error;
  size_t unconsumed = 0;
};

// Feeds `input` in pieces of `step` bytes, moving the unconsumed rest each time, as a connection
// does.
Outcome ParseAll(std::string_view input, size_t step, const ParserLimits& limits = {}) {
  Outcome outcome;
  RequestParser parser;
  RequestBatch batch;
  std::string buffer;
  for (size_t fed = 0; fed < input.size();) {
    const size_t now = std::min(step, input.size() - fed);
    buffer = std::string(buffer).append(input.substr(fed, now));
    fed += now;
    while (true) {
      batch.Clear();
      const Status status = parser.ParseInto(buffer, limits, &batch);
      for (size_t i = 0; i < batch.size(); ++i) {
        outcome.requests.emplace_back(batch[i].begin(), batch[i].end());
      }
      buffer.erase(0, parser.consumed());
      if (status == Status::kError) {
        outcome.error = parser.error();
        return outcome;
      }
      if (status == Status::kNeedMore) break;
    }
  }
  outcome.unconsumed = buffer.size();
  return outcome;
}

std::vector<Request> Requests(std::string_view input) {
  const Outcome outcome = ParseAll(input, input.size());
  EXPECT_EQ(outcome.error, "") << input.substr(0, 40);
  return outcome.requests;
}

std::string Error(std::string_view input, const ParserLimits& limits = {}) {
  const std::string whole = ParseAll(input, input.size(), limits).error;
  EXPECT_EQ(ParseAll(input, 1, limits).error, whole) << input.substr(0, 40);
  return whole;
}

TEST(RequestParserTest, ArraysOfBulkStringsAreRequests) {
  EXPECT_THAT(Requests("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$4\r\nPING\r\n"),
              ElementsAre(ElementsAre("GET", "k"), ElementsAre("PING")));
  EXPECT_THAT(Requests("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\na\r\nb\r\n"),
              ElementsAre(ElementsAre("SET", "", "a\r\nb")));
}

TEST(RequestParserTest, InlineRequestsEndWithEitherLineEnd) {
  EXPECT_THAT(
      Requests("PING\r\nset k \"v w\"\nget k\r\n"),
      ElementsAre(ElementsAre("PING"), ElementsAre("set", "k", "v w"), ElementsAre("get", "k")));
}

TEST(RequestParserTest, EmptyRequestsAreSkippedAndConsumed) {
  RequestParser parser;
  RequestBatch batch;
  const std::string input = "\r\n\n*0\r\n*-1\r\n*-9223372036854775808\r\n   \r\n";
  EXPECT_EQ(parser.ParseInto(input, {}, &batch), Status::kNeedMore);
  EXPECT_EQ(parser.consumed(), input.size());
  EXPECT_EQ(parser.bytes_wanted(), 1u);
  EXPECT_THAT(Requests(input + "*1\r\n$4\r\nPING\r\n"), ElementsAre(ElementsAre("PING")));
}

TEST(RequestParserTest, UnquotedArgumentsStayValidForTheWholeBatch) {
  RequestParser parser;
  RequestBatch batch;
  ASSERT_EQ(parser.ParseInto("echo \"a\\n\"\r\necho 'b'\r\n", {}, &batch), Status::kRequest);
  EXPECT_THAT(batch[0], ElementsAre("echo", "a\n"));
  EXPECT_THAT(batch[1], ElementsAre("echo", "b"));
}

TEST(RequestParserTest, ABatchStopsAtSixteenRequests) {
  std::string input;
  for (int i = 0; i < 20; ++i) input += "*1\r\n$4\r\nPING\r\n";
  RequestParser parser;
  RequestBatch batch;
  ASSERT_EQ(parser.ParseInto(input, {}, &batch), Status::kRequest);
  EXPECT_EQ(batch.size(), 16u);
  EXPECT_EQ(parser.consumed(), 16u * 14);
  batch.Clear();
  ASSERT_EQ(parser.ParseInto(std::string_view(input).substr(parser.consumed()), {}, &batch),
            Status::kRequest);
  EXPECT_EQ(batch.size(), 4u);
}

TEST(RequestParserTest, RequestsAreAddedToWhatTheBatchHolds) {
  RequestParser first, second;
  RequestBatch batch;
  ASSERT_EQ(first.ParseInto("PING\r\n", {}, &batch), Status::kRequest);
  EXPECT_EQ(second.ParseInto("*1\r\n$4\r\nPI", {}, &batch), Status::kNeedMore);
  ASSERT_EQ(second.ParseInto("*1\r\n$4\r\nPING\r\n", {}, &batch), Status::kRequest);
  EXPECT_EQ(batch.size(), 2u);
}

TEST(RequestParserTest, SplittingTheInputChangesNothing) {
  const std::string input =
      "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\nhello\r\nworld\r\nPING\r\n\r\n*-1\r\n"
      "echo \"x y\" 'z'\n*1\r\n$4\r\nPING\r\n*0\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n";
  const std::vector<Request> whole = Requests(input);
  ASSERT_EQ(whole.size(), 5u);
  for (size_t step = 1; step < input.size(); ++step) {
    const Outcome outcome = ParseAll(input, step);
    EXPECT_EQ(outcome.requests, whole) << step;
    EXPECT_EQ(outcome.error, "") << step;
    EXPECT_EQ(outcome.unconsumed, 0u) << step;
  }
}

TEST(RequestParserTest, ProtocolErrorsHaveTheTextsOfRedis) {
  EXPECT_EQ(Error("*a\r\n"), "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(Error("*\r\n"), "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(Error("*01\r\n"), "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(Error("*+1\r\n"), "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(Error("*2147483648\r\n"), "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(Error("*20000000000000000000000\r\n"), "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(Error("*1\r\n$-1\r\n"), "ERR Protocol error: invalid bulk length");
  EXPECT_EQ(Error("*1\r\n$x\r\n"), "ERR Protocol error: invalid bulk length");
  EXPECT_EQ(Error("*1\r\n$536870913\r\n"), "ERR Protocol error: invalid bulk length");
  EXPECT_EQ(Error("*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n"),
            "ERR Protocol error: expected '$', got 'f'");
  EXPECT_EQ(Error("*1\r\n\r\n"), "ERR Protocol error: expected '$', got ' '");
  EXPECT_EQ(Error("*1\r\n\n\r\n"), "ERR Protocol error: expected '$', got ' '");
  EXPECT_EQ(Error("set k \"v\r\n"), "ERR Protocol error: unbalanced quotes in request");
}

TEST(RequestParserTest, ACountThatIsAllowedIsNotAnError) {
  EXPECT_EQ(Error("*2147483647\r\n$1\r\nx\r\n"), "");
  EXPECT_EQ(Error("*1\r\n$536870912\r\n"), "");
}

TEST(RequestParserTest, LinesThatDoNotEndAreErrors) {
  const std::string filler(RequestParser::kMaxLineBytes, 'x');
  EXPECT_EQ(Error(filler), "");
  EXPECT_EQ(Error(filler + "x"), "ERR Protocol error: too big inline request");
  EXPECT_EQ(Error("*" + filler), "ERR Protocol error: too big mbulk count string");
  EXPECT_EQ(Error("*1\r\n$" + filler), "ERR Protocol error: too big bulk count string");
  // Exactly as long as allowed.
  EXPECT_EQ(Requests(filler + "\n").size(), 1u);
}

TEST(RequestParserTest, ALineLongerThanTheLimitIsAnErrorEvenIfItsEndIsThere) {
  const std::string filler(RequestParser::kMaxLineBytes, 'x');
  EXPECT_EQ(Error(filler + "x\n"), "ERR Protocol error: too big inline request");
}

TEST(RequestParserTest, ANulByteHidesTheEndOfItsLine) {
  const std::string filler(RequestParser::kMaxLineBytes, 'x');
  const std::string nul(1, '\0');
  EXPECT_EQ(Error(nul + "PING\r\n"), "");
  EXPECT_EQ(Error(nul + "\r\n" + filler), "ERR Protocol error: too big inline request");
  EXPECT_EQ(Error("*1" + nul + "\r\n" + filler), "ERR Protocol error: too big mbulk count string");
  EXPECT_EQ(Error("*1\r\n$" + nul + "\r\n" + filler),
            "ERR Protocol error: too big bulk count string");
}

TEST(RequestParserTest, UnauthenticatedClientsHaveTighterLimits) {
  const ParserLimits limits = {.authenticated = false};
  EXPECT_EQ(Error("*11\r\n", limits), "ERR Protocol error: unauthenticated multibulk length");
  EXPECT_EQ(Error("*1\r\n$16385\r\n", limits), "ERR Protocol error: unauthenticated bulk length");
  EXPECT_EQ(Error("*10\r\n$16384\r\n", limits), "");
}

TEST(RequestParserTest, AnErrorBehindARequestWaitsUntilTheRequestHasRun) {
  RequestParser parser;
  RequestBatch batch;
  const std::string input = "*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n*1\r\n$20000\r\n";
  ASSERT_EQ(parser.ParseInto(input, {.authenticated = false}, &batch), Status::kRequest);
  EXPECT_EQ(batch.size(), 1u);
  const std::string_view rest = std::string_view(input).substr(parser.consumed());
  batch.Clear();
  EXPECT_EQ(parser.ParseInto(rest, {.authenticated = true}, &batch), Status::kNeedMore);
  EXPECT_EQ(parser.ParseInto(rest, {.authenticated = false}, &batch), Status::kNeedMore);
  EXPECT_EQ(parser.bytes_wanted(), rest.size() + 20002);
}

TEST(RequestParserTest, BytesWantedCoversTheArgumentThatIsAwaited) {
  RequestParser parser;
  RequestBatch batch;
  EXPECT_EQ(parser.ParseInto("\r\n*2\r\n$3\r\nGET\r\n$1000\r\nabc", {}, &batch), Status::kNeedMore);
  EXPECT_EQ(parser.consumed(), 2u);
  EXPECT_EQ(parser.bytes_wanted(), 13u + 7 + 1002);
}

TEST(RequestParserTest, AnErrorInTheMiddleKeepsEarlierRequests) {
  const Outcome outcome = ParseAll("PING\r\n*1\r\n$1\r\na\r\n*x\r\n", 100);
  EXPECT_THAT(outcome.requests, ElementsAre(ElementsAre("PING"), ElementsAre("a")));
  EXPECT_EQ(outcome.error, "ERR Protocol error: invalid multibulk length");
}

TEST(RequestParserTest, ResetForgetsAnUnfinishedRequest) {
  RequestParser parser;
  RequestBatch batch;
  EXPECT_EQ(parser.ParseInto("*2\r\n$3\r\nGET\r\n", {}, &batch), Status::kNeedMore);
  parser.Reset();
  ASSERT_EQ(parser.ParseInto("PING\r\n", {}, &batch), Status::kRequest);
  EXPECT_THAT(batch[0], ElementsAre("PING"));
}

TEST(RequestParserTest, AMillionArgumentsInSmallPiecesTakeLinearTime) {
  constexpr int kArgs = 1'000'000;
  std::string input = "*1000000\r\n";
  for (int i = 0; i < kArgs; ++i) input += "$1\r\nx\r\n";
  RequestParser parser;
  RequestBatch batch;
  const auto start = std::chrono::steady_clock::now();
  for (size_t size = 10; size < input.size(); size += 10) {
    ASSERT_EQ(parser.ParseInto(std::string_view(input).substr(0, size), {}, &batch),
              Status::kNeedMore);
  }
  ASSERT_EQ(parser.ParseInto(input, {}, &batch), Status::kRequest);
  EXPECT_EQ(batch[0].size(), static_cast<size_t>(kArgs));
  // Quadratic time would be minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace redstart
