#include "server/commands/client_totals.h"

#include <gtest/gtest.h>

#include "tests/server/test_server.h"

namespace redstart {
namespace {

TEST(ClientTotalsTest, ReplicasAreCountedApart) {
  TestServer server;
  Dispatcher dispatcher(server.services);
  TestClient first(&dispatcher, server);
  TestClient second(&dispatcher, server);
  TestClient replica(&dispatcher, server);
  TestClient killed(&dispatcher, server);
  first.session().input_bytes = 7;
  second.session().output_bytes = 100;
  replica.session().reads_journal = true;
  replica.session().output_bytes = 30;
  killed.session().RequestClose();
  const ClientTotals totals = TotalOfClients(server.sessions);
  EXPECT_EQ(totals.clients, 2u);
  EXPECT_EQ(totals.replicas, 1u);
  EXPECT_EQ(totals.largest_input, 7u);
  EXPECT_EQ(totals.largest_output, 100u);
  EXPECT_EQ(totals.replica_output_bytes, 30u);
  EXPECT_GT(totals.client_bytes, 100u);
  Mailbox::FlushWakes();
}

}  // namespace
}  // namespace redstart
