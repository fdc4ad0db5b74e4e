// Who is served while no password is set.

#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <string>

#include "tests/wire/raw_client.h"
#include "tests/wire/server_process.h"

namespace redstart {
namespace {

// An IPv4 address of this machine that is not loopback, or nothing.
std::string OutsideAddress() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  std::string found;
  for (const ifaddrs* one = list; one != nullptr && found.empty(); one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    if ((one->ifa_flags & IFF_LOOPBACK) != 0 || (one->ifa_flags & IFF_UP) == 0) continue;
    char text[INET_ADDRSTRLEN] = {};
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr, text,
              sizeof(text));
    found = text;
  }
  ::freeifaddrs(list);
  return found;
}

class ProtectedModeTest : public testing::Test {
 protected:
  void SetUp() override {
    if (outside_.empty()) GTEST_SKIP() << "this machine has loopback addresses only";
  }

  const std::string outside_ = OutsideAddress();
};

TEST_F(ProtectedModeTest, OtherMachinesAreDeniedWithoutAPasswordByDefault) {
  ServerProcess server({"--bind", "*"});
  EXPECT_EQ(RawClient(server.port()).Run("PING"), RespValue::Simple("PONG"));
  bool closed = false;
  const std::string answer = RawClient(server.port(), outside_).ReadToEnd(&closed);
  EXPECT_TRUE(answer.starts_with("-DENIED Redis is running in protected mode because ")) << answer;
  EXPECT_TRUE(answer.ends_with("from the outside.\r\n")) << answer;
  EXPECT_TRUE(closed);
}

TEST_F(ProtectedModeTest, APasswordOrTheModeNoLetsThemIn) {
  ServerProcess server({"--bind", "*", "--protected-mode", "no"});
  EXPECT_EQ(RawClient(server.port(), outside_).Run("PING"), RespValue::Simple("PONG"));
  RawClient local(server.port());
  EXPECT_EQ(local.Run("CONFIG", "SET", "protected-mode", "yes", "requirepass", "secret"),
            RespValue::Simple("OK"));
  RawClient outside(server.port(), outside_);
  EXPECT_EQ(outside.Run("AUTH", "secret"), RespValue::Simple("OK"));
}

}  // namespace
}  // namespace redstart
