#include "server/process/supervisor.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace redstart {
namespace {

class SupervisorTest : public testing::Test {
 protected:
  ~SupervisorTest() override {
    unsetenv("NOTIFY_SOCKET");
    unsetenv("UPSTART_JOB");
  }
};

TEST_F(SupervisorTest, NobodySupervisesWhereTheEnvironmentNamesNobody) {
  for (const Supervised wanted : {Supervised::kNo, Supervised::kAuto, Supervised::kSystemd}) {
    const Supervisor supervisor = Supervisor::Detect(wanted);
    EXPECT_FALSE(supervisor.is_present());
    EXPECT_EQ(supervisor.name(), "no");
    supervisor.Tell("READY=1\n");
  }
}

TEST_F(SupervisorTest, SystemdIsToldOverItsSocket) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string path = testing::TempDir() + "notify." + std::to_string(getpid());
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  std::memcpy(address.sun_path, path.data(), path.size());
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM, 0);
  ASSERT_EQ(bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  setenv("NOTIFY_SOCKET", path.c_str(), 1);

  const Supervisor supervisor = Supervisor::Detect(Supervised::kAuto);
  EXPECT_EQ(supervisor.name(), "systemd");
  supervisor.Tell("READY=1\n");
  char buffer[64];
  const ssize_t size = recv(descriptor, buffer, sizeof(buffer), MSG_DONTWAIT);
  EXPECT_EQ(std::string(buffer, size > 0 ? static_cast<size_t>(size) : 0), "READY=1\n");
  close(descriptor);
  unlink(path.c_str());
  supervisor.Tell("STOPPING=1\n");  // Nobody listens: the log says so.
}

}  // namespace
}  // namespace redstart
