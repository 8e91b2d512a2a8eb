#include "fetchers/websub.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace siftd;

TEST_CASE("websub: hub and self are read from Link headers") {
  const HubLinks links =
      read_hub_links({"<https://hub.example/>; rel=\"hub\", </feed>; rel=self",
                      "<https://other.example/>; rel=\"preload hub\"; as=x",
                      "<style.css>; rel=stylesheet", "<file:///etc/passwd>; rel=hub",
                      "broken; rel=hub", "<https://unclosed; rel=hub"},
                     "https://blog.example/index");
  CHECK(links.hubs ==
        std::vector<std::string>{"https://hub.example/", "https://other.example/"});
  CHECK(links.self == "https://blog.example/feed");
}

TEST_CASE("websub: a quoted comma or semicolon ends no link") {
  const HubLinks links = read_hub_links({"<https://a.example/>; title=\"x, <y>\"; "
                                         "rel=hub, <https://b.example/f>; rel=self"},
                                        "https://b.example/");
  CHECK(links.hubs == std::vector<std::string>{"https://a.example/"});
  CHECK(links.self == "https://b.example/f");
}

TEST_CASE("websub: a subscription is a form that hubs understand") {
  SubscribeRequest wanted;
  wanted.hub = "https://hub.example/hub?x=1";
  wanted.topic = "https://blog.example/feed?a=b&c=d";
  wanted.callback = "https://me.example/websub/0123";
  wanted.secret = "s3cr&t";
  wanted.lease = std::chrono::hours(240);
  const Request request = subscribe_request(wanted, nullptr);
  CHECK(request.method == "POST");
  CHECK(request.url == wanted.hub);
  CHECK(request.body ==
        "hub.mode=subscribe&hub.topic=https%3a%2f%2fblog.example%2ffeed%3fa%3db%26c%3dd"
        "&hub.callback=https%3a%2f%2fme.example%2fwebsub%2f0123&hub.secret=s3cr%26t"
        "&hub.lease_seconds=864000");
  wanted.subscribe = false;
  CHECK(subscribe_request(wanted, nullptr).body.find("hub.secret") == std::string::npos);
}

TEST_CASE("websub: hostile 57: only the right signature over the right bytes counts") {
  // RFC 2202 case 2 and RFC 4231 case 2.
  const std::string key = "Jefe";
  const std::string data = "what do ya want for nothing?";
  const std::string sha1 = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
  const std::string sha256 =
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  CHECK(is_signed_by(key, "sha1=" + sha1, data));
  CHECK(is_signed_by(key, "sha256=" + sha256, data));
  CHECK(is_signed_by(
      key, "SHA256=5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843",
      data));
  CHECK_FALSE(is_signed_by(key, "sha256=" + sha256, data + " "));
  CHECK_FALSE(is_signed_by("jefe", "sha256=" + sha256, data));
  CHECK_FALSE(is_signed_by("", "sha256=" + sha256, data));
  for (const std::string& bad :
       {std::string(), sha256, "sha256=" + sha256.substr(2), "sha256=" + sha256 + "00",
        "md5=" + sha256, "sha256=" + std::string(64, 'g'), std::string("sha256="),
        std::string("=")}) {
    INFO(bad);
    CHECK_FALSE(is_signed_by(key, bad, data));
  }
}

TEST_CASE("websub: tokens cannot be guessed from one another") {
  const std::string one = random_token();
  CHECK(one.size() == 32);
  CHECK(one != random_token());
}
