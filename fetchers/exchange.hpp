#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "fetchers/answer_head.hpp"
#include "fetchers/content_coding.hpp"
#include "fetchers/curl_sockets.hpp"
#include "fetchers/page.hpp"
#include "fetchers/target.hpp"
#include "fetchers/trust.hpp"

namespace siftd {

// One hop of a fetch: everything that is asked of curl for it and everything that
// curl's callbacks tell. Owned by the fetch that made it, which outlives the
// transfer; stays in its place, as curl knows its address.
class Exchange {
 public:
  struct Plan {
    Target target;
    std::string method = "GET";
    std::string body;
    // All header lines but those that curl makes itself (Host, Content-Length).
    std::vector<std::string> headers;
    std::shared_ptr<const Access> access;
    std::optional<Trust> trust;
    std::chrono::milliseconds timeout{};
    std::size_t max_body = 0;
    bool take_first = false;
    bool is_fresh = false;  // on a new connection
  };

  // What the exchanges of one fetcher share.
  class Company {
   public:
    virtual ~Company() = default;
    // A place among those for large bodies, see limits::kLargeBody. False: wait, the
    // transfer will be unpaused.
    virtual bool take_place(Exchange& exchange) = 0;
    virtual void give_back_place(Exchange& exchange) = 0;

    virtual CurlSockets& sockets() = 0;
    TlsEnds tls_ends;
  };

  // `easy` is a fresh or reset CURL*, which the caller keeps.
  Exchange(void* easy, Plan plan, Company& company);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void* easy() const { return easy_; }
  const Target& target() const { return plan_.target; }
  // True when what the socket has brought is more than this answer may be.
  bool is_flood(std::uint64_t received);

  // True when the kept connection that was chosen held bytes that nobody had asked for:
  // nothing was sent, and it has to be done again with is_fresh.
  bool is_stale() const { return is_stale_; }

  // What the transfer came to: its head and body, or why not. Once, at its end.
  std::optional<Error> conclude(int curl_code);
  AnswerHead& head() { return head_; }
  std::string& body() { return body_; }

 private:
  struct Callbacks;  // curl's view of this; in the .cpp

  std::optional<Error> from_code(int curl_code);
  void set_options();
  bool has_stale_input(int local_port);
  bool is_cut_tls();
  void set_tls();
  bool fail(std::optional<Error> error);

  void* easy_;
  Plan plan_;
  Company& company_;
  void* header_list_ = nullptr;
  AnswerHead head_;
  std::optional<ContentDecoder> decoder_;
  std::string body_;
  std::size_t wire_bytes_ = 0;
  std::optional<Error> error_;  // why a callback ended the transfer
  std::string denied_;          // the last address that was refused, and why
  bool was_allowed_ = false;    // some address was
  bool is_body_ignored_ = false;
  bool is_body_enough_ = false;
  bool is_stale_ = false;
  const void* tls_ = nullptr;  // the SSL* that the answer came over
  bool has_place_ = false;
  std::vector<int> opened_;  // sockets of this transfer's own
  std::string message_;      // CURLOPT_ERRORBUFFER
};

}  // namespace siftd
