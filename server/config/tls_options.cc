#include <climits>

#include "server/config/options.h"

namespace redstart {
namespace {

constexpr Spelling kAuthModes[] = {
    {"no", static_cast<int>(TlsAuthClients::kNo)},
    {"yes", static_cast<int>(TlsAuthClients::kYes)},
    {"optional", static_cast<int>(TlsAuthClients::kOptional)},
};

constexpr std::string_view kNoTls = "TLS is not built yet, and traffic would not be encrypted";

constexpr Option kRows[] = {
    {.name = "tls-port",
     .value = Integer<&Config::tls_port>(0, 65535),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-replication",
     .value = Bool(&Config::tls_replication),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-cluster",
     .value = Bool(&Config::tls_cluster),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-cert-file",
     .value = Text(&Config::tls_cert_file),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-key-file",
     .value = Text(&Config::tls_key_file),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-key-file-pass",
     .value = Text(&Config::tls_key_file_pass),
     .flags = kSensitive,
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-client-cert-file",
     .value = Text(&Config::tls_client_cert_file),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-client-key-file",
     .value = Text(&Config::tls_client_key_file),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-client-key-file-pass",
     .value = Text(&Config::tls_client_key_file_pass),
     .flags = kSensitive,
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-dh-params-file",
     .value = Text(&Config::tls_dh_params_file),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-ca-cert-file",
     .value = Text(&Config::tls_ca_cert_file),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-ca-cert-dir",
     .value = Text(&Config::tls_ca_cert_dir),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-auth-clients",
     .value = Choice<&Config::tls_auth_clients>(kAuthModes),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-protocols",
     .value = Text(&Config::tls_protocols),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-ciphers",
     .value = Text(&Config::tls_ciphers),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-ciphersuites",
     .value = Text(&Config::tls_ciphersuites),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-prefer-server-ciphers",
     .value = Bool(&Config::tls_prefer_server_ciphers),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-session-caching",
     .value = Bool(&Config::tls_session_caching),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-session-cache-size",
     .value = Integer<&Config::tls_session_cache_size>(0, INT_MAX),
     .support = Support::kRefused,
     .why = kNoTls},
    {.name = "tls-session-cache-timeout",
     .value = Integer<&Config::tls_session_cache_timeout>(0, INT_MAX),
     .support = Support::kRefused,
     .why = kNoTls},
};

}  // namespace

std::span<const Option> TlsOptions() {
  return kRows;
}

}  // namespace redstart
