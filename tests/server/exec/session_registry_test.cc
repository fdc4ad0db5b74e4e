#include "server/exec/session_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace redstart {
namespace {

using ::testing::ElementsAre;

class SessionRegistryTest : public testing::Test {
 protected:
  std::unique_ptr<Session> NewSession() {
    auto session = std::make_unique<Session>(registry_.NextId(), Session::Peer{}, 0, &mailbox_);
    registry_.Add(session.get());
    return session;
  }
  std::vector<uint64_t> Ids() {
    std::vector<uint64_t> ids;
    registry_.ForEach([&](Session& session) { ids.push_back(session.id()); });
    return ids;
  }

  Mailbox mailbox_{[] {}};
  SessionRegistry registry_;
};

TEST_F(SessionRegistryTest, ShowsSessionsInTheOrderOfTheirIds) {
  const auto first = NewSession();
  const auto second = NewSession();
  const auto third = NewSession();
  EXPECT_THAT(Ids(), ElementsAre(1, 2, 3));
  registry_.Remove(*second);
  EXPECT_THAT(Ids(), ElementsAre(1, 3));
  EXPECT_EQ(registry_.size(), 2u);
  const auto fourth = NewSession();
  EXPECT_THAT(Ids(), ElementsAre(1, 3, 4)) << "ids are never used again";
}

TEST_F(SessionRegistryTest, VisitsOneSessionIfItIsThere) {
  const auto session = NewSession();
  uint64_t visited = 0;
  EXPECT_TRUE(registry_.Visit(1, [&](Session& found) { visited = found.id(); }));
  EXPECT_EQ(visited, 1u);
  EXPECT_FALSE(registry_.Visit(2, [](Session&) {}));
}

TEST_F(SessionRegistryTest, LabelsAreSetAndReset) {
  const auto session = NewSession();
  registry_.SetLabel(session.get(), &Session::Labels::name, "worker");
  EXPECT_EQ(session->labels().name, "worker");
  EXPECT_EQ(session->labels().user, "default");
  registry_.ResetLabels(session.get());
  EXPECT_EQ(session->labels().name, "");
}

TEST_F(SessionRegistryTest, SessionsComeAndGoWhileOthersLook) {
  std::atomic<bool> stop{false};
  std::thread looker([&] {
    while (!stop) {
      registry_.ForEach(
          [](Session& session) { ASSERT_GT(session.id() + session.labels().name.size(), 0u); });
    }
  });
  for (int i = 0; i < 2000; ++i) {
    const auto session = NewSession();
    registry_.SetLabel(session.get(), &Session::Labels::name, "name");
    registry_.Remove(*session);
  }
  stop = true;
  looker.join();
  EXPECT_EQ(registry_.size(), 0u);
}

}  // namespace
}  // namespace redstart
