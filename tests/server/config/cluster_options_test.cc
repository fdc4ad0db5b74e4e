#include <gtest/gtest.h>

#include "tests/server/config/option_probe.h"

namespace redstart {
namespace {

TEST(ClusterOptionsTest, HostNamesAreChecked) {
  EXPECT_EQ(OptionProbe("cluster-announce-hostname", {"node-1.example"}).error, "");
  EXPECT_EQ(OptionProbe("cluster-announce-hostname", {""}).error, "");
  EXPECT_EQ(OptionProbe("cluster-announce-hostname", {"a_b"}).error,
            "Hostnames may only contain alphanumeric characters, hyphens or dots");
  EXPECT_EQ(OptionProbe("cluster-announce-hostname", {std::string(256, 'a')}).error,
            "Hostnames must be less than 256 characters");
}

TEST(ClusterOptionsTest, NodeNamesHaveNoSpecialCharacters) {
  EXPECT_EQ(OptionProbe("cluster-announce-human-nodename", {"node 1"}).error, "");
  EXPECT_EQ(OptionProbe("cluster-announce-human-nodename", {"node@1"}).error,
            "Announced human node name contained invalid character");
}

TEST(ClusterOptionsTest, ClusterModeIsRefused) {
  EXPECT_EQ(FindOption("cluster-enabled")->support, Support::kRefused);
}

}  // namespace
}  // namespace redstart
