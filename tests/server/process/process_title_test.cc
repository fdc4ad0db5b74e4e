#include "server/process/process_title.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(ProcessTitleTest, VariablesAreReplacedAndBlanksAtTheEndsDropped) {
  Config config;
  config.bind = {"127.0.0.1", "::1"};
  config.port = 7000;
  EXPECT_EQ(ExpandTitle(config, "/usr/bin/server", ""), "/usr/bin/server 127.0.0.1:7000");
  config.proc_title_template = " {{x} {title} {port} {tls-port} {unixsocket} {config-file} ";
  config.unixsocket = "/tmp/socket";
  EXPECT_EQ(ExpandTitle(config, "t", "/my.conf"), "{x} t 7000 0 /tmp/socket /my.conf");
  EXPECT_EQ(ExpandTitle(config, "t", ""), "{x} t 7000 0 /tmp/socket -");
}

TEST(ProcessTitleTest, TheListenAddressMayBeASocketOrAnyAddress) {
  Config config;
  config.proc_title_template = "{listen-addr}";
  EXPECT_EQ(ExpandTitle(config, "", ""), "*:6379");
  config.port = 0;
  config.tls_port = 7001;
  EXPECT_EQ(ExpandTitle(config, "", ""), "*:7001");
  config.tls_port = 0;
  config.unixsocket = "/s";
  EXPECT_EQ(ExpandTitle(config, "", ""), "unixsocket:/s");
}

TEST(ProcessTitleTest, WithoutArgumentsThereIsNoRoomForATitle) {
  char* nothing[] = {nullptr};
  ProcessTitle::Claim(0, nothing).Set("title");
}

}  // namespace
}  // namespace redstart
