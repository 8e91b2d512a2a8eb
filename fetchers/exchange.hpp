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
  };

  // A place among those for large bodies; see limits::kLargeBody.
  class Places {
   public:
    virtual ~Places() = default;
    virtual bool take(Exchange& exchange) = 0;  // false: wait, unpause() will come
    virtual void give_back(Exchange& exchange) = 0;
  };

  // `easy` is a fresh or reset CURL*, which the caller keeps.
  Exchange(void* easy, Plan plan, Places& places);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void* easy() const { return easy_; }
  const Target& target() const { return plan_.target; }
  // True when what the socket has brought is more than this answer may be.
  bool is_flood(std::uint64_t received);

  // What the transfer came to: its head and body, or why not. Once, at its end.
  std::optional<Error> conclude(int curl_code);
  AnswerHead& head() { return head_; }
  std::string& body() { return body_; }

 private:
  struct Callbacks;  // curl's view of this; in the .cpp

  std::optional<Error> refuse_proxied() const;
  std::optional<Error> from_code(int curl_code);
  void set_options();
  void set_tls();
  bool fail(std::optional<Error> error);

  void* easy_;
  Plan plan_;
  Places& places_;
  void* header_list_ = nullptr;
  AnswerHead head_;
  std::optional<ContentDecoder> decoder_;
  std::string body_;
  std::size_t wire_bytes_ = 0;
  std::optional<Error> error_;  // why a callback ended the transfer
  std::string denied_;          // the last address that was refused, and why
  bool was_allowed_ = false;    // some address was
  bool is_body_ignored_ = false;
  bool has_place_ = false;
  std::string message_;  // CURLOPT_ERRORBUFFER
};

}  // namespace siftd
