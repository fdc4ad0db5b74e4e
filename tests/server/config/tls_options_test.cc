#include <gtest/gtest.h>

#include "tests/server/config/option_probe.h"

namespace redstart {
namespace {

TEST(TlsOptionsTest, NothingAboutEncryptionIsPassedOverInSilence) {
  for (const Option& option : TlsOptions()) {
    EXPECT_TRUE(option.name.starts_with("tls-")) << option.name;
    EXPECT_EQ(option.support, Support::kRefused) << option.name;
  }
}

TEST(TlsOptionsTest, ClientsMayBeAskedForACertificate) {
  EXPECT_EQ(OptionProbe("tls-auth-clients", {"optional"}).config.tls_auth_clients,
            TlsAuthClients::kOptional);
}

TEST(TlsOptionsTest, PasswordsAreSensitive) {
  EXPECT_TRUE(FindOption("tls-key-file-pass")->Has(kSensitive));
  EXPECT_TRUE(FindOption("tls-client-key-file-pass")->Has(kSensitive));
}

}  // namespace
}  // namespace redstart
