#include <chrono>
#include <string>

#include "sifters/recogniser.hpp"
#include "tests/catch.hpp"

using namespace siftd;
using namespace std::chrono_literals;

namespace {

const std::chrono::sys_seconds kNow{std::chrono::seconds(1'640'995'200)};

}  // namespace

TEST_CASE("stories: of two that tell of one event the larger one grows", "[stories]") {
  const std::string event =
      "The ferry Halcyon sank off Merrow with ninety aboard; the pilot boat of Anna "
      "Kovar "
      "and the trawler Osric Star took them up, the harbour authority said. Captain Ilse "
      "Brom was the last. ";
  const std::string ends[] = {
      "Divers will look for the wreck.", "The owner, Brandt and Holm, gave no comment.",
      "Passengers were brought to a school.", "The sea was calm, a fisherman told radio.",
      "It was built in Quell long ago."};
  const Fingerprint next = fingerprint(
      "Ferry sinks off Merrow",
      "Anna Kovar's pilot boat and the trawler Osric Star took ninety from the Halcyon, "
      "a "
      "ferry that sank off Merrow, says the harbour authority. Captain Ilse Brom was "
      "last. Nobody saw the wreck.");
  // The first began a story; the others, which it is a little less like, are of another.
  for (const std::size_t others : {1U, 8U}) {
    Recogniser recogniser({});
    for (std::size_t i = 0; i <= others; ++i) {
      Verdict verdict;
      verdict.story = i == 0 ? 1 : 2;
      recogniser.restore(
          i + 1, kNow + i * 1min,
          fingerprint("Ferry sinks off Merrow", event + ends[i == 0 ? 0 : 1 + i % 4]),
          verdict);
    }
    Verdict verdict = recogniser.recognise(99, next, kNow + 10min);
    CHECK_FALSE(verdict.duplicate_of);
    CHECK(verdict.story == (others == 1 ? 1U : 2U));
  }
}
