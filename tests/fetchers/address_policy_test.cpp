#include "fetchers/address_policy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string>

#include "tests/catch.hpp"

using siftd::AddressPolicy;

TEST_CASE("addresses: hostile 1: what is not public is refused, and said what it is") {
  const AddressPolicy strict;
  struct Case {
    const char* address;
    const char* why;
  };
  const Case cases[] = {
      {"127.0.0.1", "loopback"},       {"127.255.3.4", "loopback"},
      {"0.0.0.0", "unspecified"},      {"::1", "loopback"},
      {"::", "unspecified"},           {"169.254.169.254", "link-local"},
      {"fd00:ec2::254", "private"},    {"10.1.2.3", "private"},
      {"172.16.0.1", "private"},       {"172.31.255.255", "private"},
      {"192.168.1.1", "private"},      {"100.64.0.1", "shared"},
      {"100.100.100.200", "shared"},   {"192.0.0.192", "special-purpose"},
      {"198.18.0.1", "benchmarking"},  {"224.0.0.1", "multicast"},
      {"255.255.255.255", "reserved"}, {"fe80::1", "link-local"},
      {"fe80::1%eth0", "link-local"},  {"fec0::1", "private"},
      {"ff02::1", "multicast"},        {"2001:db8::1", "documentation"},
      {"100::1", "discard"},           {"4000::1", "reserved"},
  };
  for (const Case& each : cases) {
    INFO(each.address);
    CHECK(strict.refuses(std::string_view(each.address)) == each.why);
  }
}

TEST_CASE("addresses: hostile 3: an IPv4 address inside an IPv6 one is judged") {
  const AddressPolicy strict;
  for (const char* address :
       {"::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1",
        "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1", "::ffff:169.254.169.254",
        "2001:0:1:2:3:4:80ff:fffe", "::ffff:0:127.0.0.1"}) {
    INFO(address);
    CHECK_FALSE(strict.refuses(std::string_view(address)).empty());
  }
}

TEST_CASE("addresses: the public internet is open") {
  const AddressPolicy strict;
  for (const char* address :
       {"93.184.216.34", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.255.255",
        "100.128.0.1", "192.167.1.1", "223.255.255.255", "2606:4700::1111",
        "2a00:1450::1", "64:ff9b::1.1.1.1", "2002:101:101::1", "::ffff:8.8.8.8"}) {
    INFO(address);
    CHECK(strict.refuses(std::string_view(address)).empty());
  }
}

TEST_CASE("addresses: listed networks are open, their neighbours are not") {
  const auto policy = AddressPolicy::with_networks(
      {"10.20.0.0/16", "127.200.0.1", "fd12::/16", "192.168.7.0/25"});
  REQUIRE(policy.has_value());
  for (const char* open : {"10.20.0.1", "10.20.255.255", "127.200.0.1", "fd12:1::1",
                           "192.168.7.127", "::ffff:10.20.1.1", "8.8.8.8"}) {
    INFO(open);
    CHECK(policy->refuses(std::string_view(open)).empty());
  }
  for (const char* closed : {"10.21.0.1", "127.200.0.2", "127.0.0.1", "fd13::1",
                             "192.168.7.128", "169.254.169.254"}) {
    INFO(closed);
    CHECK_FALSE(policy->refuses(std::string_view(closed)).empty());
  }
}

TEST_CASE("addresses: everything allowed still leaves out what nobody listens on") {
  const AddressPolicy all = AddressPolicy::all();
  CHECK(all.refuses(std::string_view("127.0.0.1")).empty());
  CHECK(all.refuses(std::string_view("169.254.169.254")).empty());
  CHECK(all.refuses(std::string_view("239.1.1.1")) == "multicast");
  CHECK(all.refuses(std::string_view("ff02::1")) == "multicast");
}

TEST_CASE("addresses: what is no network is an error") {
  for (const char* text : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129",
                           "example.org", "10.0.0/8", "10.0.0.0/8x"}) {
    INFO(text);
    CHECK_FALSE(AddressPolicy::with_networks({text}).has_value());
  }
}

TEST_CASE("addresses: a socket address is judged like its text") {
  const AddressPolicy strict;
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  inet_pton(AF_INET, "10.1.1.1", &ipv4.sin_addr);
  CHECK(strict.refuses(reinterpret_cast<const sockaddr&>(ipv4)) == "private");
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  inet_pton(AF_INET6, "::ffff:10.1.1.1", &ipv6.sin6_addr);
  CHECK(strict.refuses(reinterpret_cast<const sockaddr&>(ipv6)) == "private");
  sockaddr other{};
  other.sa_family = AF_UNIX;
  CHECK_FALSE(strict.refuses(other).empty());
}
