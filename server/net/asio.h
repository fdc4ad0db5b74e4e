#ifndef REDSTART_SERVER_NET_ASIO_H_
#define REDSTART_SERVER_NET_ASIO_H_

// Boost.Asio as this project uses it: the executor's type is spelled out, which spares every
// handler an indirect call. Only server/net may include this; everything else is plain callbacks.

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>

namespace redstart {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using IoExecutor = asio::io_context::executor_type;
using StreamSocket = asio::basic_stream_socket<asio::generic::stream_protocol, IoExecutor>;
using Descriptor = asio::posix::basic_stream_descriptor<IoExecutor>;
using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;
using SignalSet = asio::basic_signal_set<IoExecutor>;

}  // namespace redstart

#endif  // REDSTART_SERVER_NET_ASIO_H_
