#pragma once

#include <optional>
#include <string>
#include <unordered_set>

#include "base/result.hpp"
#include "fetchers/page.hpp"
#include "fetchers/target.hpp"

namespace siftd {

// The way of one fetch from its URL through redirects, judged at each hop: scheme,
// https to http, loops, length of the chain, and whether the move so far is lasting.
// Pure.
class Redirects {
 public:
  // FetchErrc::bad_url or scheme_denied.
  static Result<Redirects> start(const Request& request);

  const Target& target() const { return target_; }  // to be asked now
  const Target& owner() const { return owner_; }    // whose origin gets credentials
  const std::string& validated() const { return validated_; }  // gets validators
  const std::string& method() const { return method_; }

  // Goes on to where the answer points, or says why not.
  std::optional<Error> follow(int status, const std::string& location);

  // Where 301 and 308 alone have led; empty: nowhere new.
  const std::string& moved_to() const { return moved_to_; }
  unsigned hops() const { return hops_; }

 private:
  Target target_;
  Target owner_;
  std::string validated_;
  std::string method_;
  std::string moved_to_;
  unsigned hops_ = 0;
  unsigned limit_ = 0;
  bool is_lasting_ = true;
  std::unordered_set<std::string> visited_;
};

bool is_redirect_status(int status);

}  // namespace siftd
