#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

// Every bound that siftd keeps against hostile or broken input, with its reason.
// Each stage adds its own section; nothing is bounded by a number elsewhere.
namespace siftd::limits {

using namespace std::chrono_literals;

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

// ---- events
// No event line is longer (docs/events.md): readers may size a buffer by it.
inline constexpr std::size_t kMaxEventBytes = 16 * kMiB;

// ---- configuration (daemon/config)
// 100,000 feeds with names and tags are 15 MiB.
inline constexpr std::size_t kMaxConfigBytes = 64 * kMiB;
// The same for an OPML file that it names.
inline constexpr std::size_t kMaxOpmlFileBytes = 64 * kMiB;
// Tables of [[feed]] that are read as one tree, which takes some 2 KiB a table.
inline constexpr std::size_t kFeedTablesAtOnce = 64;
// A token, a password: what systemd accepts as a credential is smaller still.
inline constexpr std::size_t kMaxSecretBytes = 64 * kKiB;
// More sockets than any one address can have open to the world.
inline constexpr std::size_t kMaxConcurrency = 60'000;
// Bodies are held in memory while they are read.
inline constexpr std::size_t kMaxBodySetting = 1024 * kMiB;

// ---- fetching (fetchers/)
// Longer URLs are no one's feed; servers themselves stop at 8 KiB.
inline constexpr std::size_t kMaxRequestUrl = 8 * kKiB;
// Redirects in one fetch. Real chains have five or six; WHATWG Fetch stops at 20.
inline constexpr unsigned kMaxRedirects = 10;
inline constexpr unsigned kMaxRobotsRedirects = 5;  // RFC 9309 2.3.1.2
// All header lines of one transfer together, 1xx answers included. A page with a
// long Content-Security-Policy and many cookies has 20 KiB.
inline constexpr std::size_t kMaxHeaderBytes = 64 * kKiB;
// An ETag or Last-Modified is stored for each feed; real ones have 20 to 80 bytes.
inline constexpr std::size_t kMaxValidatorBytes = kKiB;
// Link headers kept; a WebSub feed has two, some sites add a dozen preloads.
inline constexpr std::size_t kMaxLinkHeaders = 32;
// RFC 9110 allows any number; two stacked happen (a cache in front of a gzipped
// file), more is an attack.
inline constexpr std::size_t kMaxContentCodings = 2;
// The body of an answer whose body does not matter (a redirect, an error) is read
// this far so that its connection can be kept; a longer one costs the connection.
inline constexpr std::size_t kMaxIgnoredBody = 256 * kKiB;
// Bytes that a socket may bring beyond max_body: headers, chunk framing, TLS.
inline constexpr std::size_t kMaxWireOverhead = 2 * kMiB;
// Bodies above this size take one of a few places, so that many hostile servers at
// once cannot fill the memory with their largest allowed bodies.
inline constexpr std::size_t kLargeBody = 512 * kKiB;
inline constexpr std::size_t kLargeBodies = 4;
// The part of a connect in a fetch's timeout; a dead host costs no longer than this.
inline constexpr auto kConnectTimeout = 15s;
// What a hub says to a subscription; nobody reads it.
inline constexpr std::size_t kMaxHubAnswer = 64 * kKiB;

// ---- robots.txt (fetchers/robots)
// RFC 9309 2.5: at least 500 KiB of a robots.txt must be read, no more need be.
inline constexpr std::size_t kMaxRobotsBytes = 500 * kKiB;
inline constexpr std::size_t kMaxRobotsRules = 5000;
// Whoever cannot say within this what is allowed is unreachable.
inline constexpr auto kRobotsTimeout = 10s;
inline constexpr auto kRobotsLife = 24h;     // RFC 9309 2.4: not longer
inline constexpr auto kRobotsRetry = 30min;  // after no answer or a 5xx
inline constexpr std::size_t kRobotsHosts = 10000;

// ---- feeds (parsers/: XML, JSON, dates, charsets)
// Longer links are no links: browsers and caches stop well below.
inline constexpr std::size_t kMaxUrlBytes = 16 * kKiB;
// DNS names have 253 bytes at most (RFC 1035).
inline constexpr std::size_t kMaxHostBytes = 253;
// No charset's name is longer.
inline constexpr std::size_t kMaxCharsetLabel = 40;
// Where the declaration of the charset must stand; browsers look at 1 KiB, feeds
// with licences in comments need more.
inline constexpr std::size_t kCharsetProlog = 4 * kKiB;
// What a charset is judged by: enough for statistics, little enough to be quick.
inline constexpr std::size_t kCharsetSample = 256 * kKiB;
// The longest text that can be a date; real ones have 70 bytes at most.
inline constexpr std::size_t kMaxDateBytes = 128;
// The longest name of a character reference in HTML has 32 bytes with its ';'.
inline constexpr std::size_t kMaxEntityName = 33;
// Open elements of a content's HTML; browsers stop at 512, nobody writes 100.
inline constexpr std::size_t kMaxContentDepth = 256;
// Attributes looked at in one tag of HTML or XML; the rest is passed over.
inline constexpr std::size_t kMaxTagAttributes = 256;
// A value in a feed's attribute: links, and text in OPML.
inline constexpr std::size_t kMaxAttributeBytes = 64 * kKiB;
// Open elements of a feed, XHTML content included.
inline constexpr std::size_t kMaxXmlDepth = 512;
// No element of any feed has a longer name.
inline constexpr std::size_t kMaxXmlName = 256;
// Items of one feed, locations of one sitemap (which may hold 50,000).
inline constexpr std::size_t kMaxFeedItems = 200'000;
// One text of an item: what an event can carry at most.
inline constexpr std::size_t kMaxItemText = 16 * kMiB;
// Tags, attachments and links, and people of one item; more are spam.
inline constexpr std::size_t kMaxItemTags = 256;
inline constexpr std::size_t kMaxAttachments = 256;
inline constexpr std::size_t kMaxItemPeople = 64;
// Numbers of one geographic shape.
inline constexpr std::size_t kMaxGeoNumbers = 2048;
// The longest text of a description alone that still counts as a summary too.
inline constexpr std::size_t kMaxSummary = 1000;
// Depth of a JSON feed; real ones have 6.
inline constexpr std::size_t kMaxJsonDepth = 256;
// How far into a document its root is looked for, behind warnings and comments.
inline constexpr std::size_t kMaxProlog = 64 * kKiB;
// How much of a legacy encoding is decoded at once.
inline constexpr std::size_t kDecodeChunk = 256 * kKiB;
// What a gzip body may grow to; as fetch's max_body may be set.
inline constexpr std::size_t kMaxInflated = 256 * kMiB;
// `siftd parse` writes when so much has come together, and a file whose turn has not
// come holds back so much before it rests.
inline constexpr std::size_t kParseWriteBytes = 64 * kKiB;
inline constexpr std::size_t kParseHeldBytes = 8 * kMiB;
// Feeds that one page may name.
inline constexpr std::size_t kMaxDiscovered = 32;
// Sitemaps of one index that a poll reads: news sites have one of the last two days and
// one for each kind of page or month.
inline constexpr std::size_t kIndexSitemaps = 4;
// Feeds in one OPML file: the largest public lists have some ten thousand.
inline constexpr std::size_t kMaxOpmlFeeds = 100'000;

// ---- siftd parse
// A file or stdin: ten times the largest feed that was seen; an endless one ends here.
inline constexpr std::size_t kMaxParsedFile = 1024 * kMiB;

// ---- pages (parsers/html, sifters/article)
// What [fetch] max_body is by default; the rest of a longer page is not read.
inline constexpr std::size_t kMaxPageBytes = 16 * kMiB;
// The standard's parser looks through all open elements at many tags, so time grows
// with their product. Blink stops at 512 as well, by flattening.
inline constexpr std::size_t kMaxOpenElements = 1024;
// Tags, texts and nodes of one page: a token and its node cost about 300 bytes while
// parsing. The HTML standard on one page, the longest that people read, has 500,000.
inline constexpr std::size_t kMaxHtmlTokens = 600'000;
// JSON-LD of one script, and the objects that are looked at: sites describe an article
// in some kB; longer ones are catalogues.
inline constexpr std::size_t kMaxJsonLdBytes = 2 * kMiB;
inline constexpr std::size_t kMaxJsonLdObjects = 500;
// One value of a page's metadata.
inline constexpr std::size_t kMaxMetaBytes = 4 * kKiB;
// What a page may claim of each: bylines and topic lists that are longer are wrong.
inline constexpr std::size_t kMaxAuthors = 20;
inline constexpr std::size_t kMaxTags = 50;
// A text's beginning tells its language as well as all of it.
inline constexpr std::size_t kLanguageBytes = 2 * kKiB;
// Removed blocks that an article carries, and of each the bytes: for people to look at.
inline constexpr std::size_t kMaxRemoved = 200;
inline constexpr std::size_t kMaxRemovedBytes = 1000;
// A table whose cells are longer lays out the page and holds no data.
inline constexpr std::size_t kMaxCellBytes = 200;
// Attributes of one element that are kept (of the kinds that siftd reads).
inline constexpr std::size_t kMaxAttributes = 32;
// A thread's parser that has read a page larger than this is freed after it.
inline constexpr std::size_t kKeptParserPage = 2 * kMiB;

// ---- cleaning (sifters/boilerplate, rules, site_memory)
// A text to clean: what the largest page can hold.
inline constexpr std::size_t kMaxCleanText = 16 * kMiB;
// Texts of a batch that are worked on at once, to keep all cores busy.
inline constexpr std::size_t kBatchWindow = 256;
// One pattern; the longest that ships is a tenth of it.
inline constexpr std::size_t kMaxPatternBytes = 4 * kKiB;
// RE2's automaton of all patterns that are run on every line, and of one pattern that
// is not; past it a match is slower or fails instead of growing.
inline constexpr std::int64_t kMaxPatternMemory = 64 * static_cast<std::int64_t>(kMiB);
inline constexpr std::int64_t kMaxOnePatternMemory = static_cast<std::int64_t>(kMiB);
// Longer lines are not shown to the rules: no boilerplate line is as long.
inline constexpr std::size_t kMaxRuleLine = 2 * kKiB;
// An operator's block takes no more lines, should its end not come.
inline constexpr std::size_t kMaxBlockLines = 200;
// Of one site: lines and sentences seen (9 bytes each when saved), and articles whose
// words are remembered (74 bytes); a note that comes back after longer is learned anew.
inline constexpr std::size_t kMaxSiteLines = 1536;
inline constexpr std::size_t kMaxSiteArticles = 64;
// Of one article: units learned; a long list must not flush what a site said before.
inline constexpr std::size_t kMaxLearnedUnits = 128;
// Sites in memory, some 50 KB each at most; the others are in the store.
inline constexpr std::size_t kMaxSitesInMemory = 512;
// What learning may take of an article's letters: a third, and half when its lines have
// been seen in kFirmSightings articles.
inline constexpr double kMaxLearnedShare = 1.0 / 3;
inline constexpr double kMaxFirmShare = 1.0 / 2;
inline constexpr unsigned kFirmSightings = 8;

// ---- recognising (sifters/: copies, stories)
// Two texts under one guid that share less of their words than this are two
// stories: revisions of one article share nearly all.
inline constexpr double kSameStoryOverlap = 0.2;
// A text with fewer different runs of four words says too little for it to be called
// a copy of another: "Live updates to follow" is what many pages say.
inline constexpr std::size_t kLeastShinglesToTell = 12;
// When an article's page is looked at again, each counted from the last time: after
// an hour, a day, a week (GDELT: 15% of texts change in a day, 18% in a week).
inline constexpr std::array<std::chrono::seconds, 3> kLooks = {1h, 23h, 144h};
// A copy's memory is dropped so long after it left the window, at most.
inline constexpr std::chrono::seconds kExpireEvery = 60s;
// A feed's own text is the whole article from so many words and three such
// paragraphs on, when the feed calls it a summary.
inline constexpr std::size_t kFullTextWords = 120;
inline constexpr std::size_t kParagraphBytes = 60;
// Of a text this much is fingerprinted: some 40,000 words, ten times the longest
// news article; more would only cost time.
inline constexpr std::size_t kMaxFingerprintBytes = 256 * kKiB;
// A line of siftd dedup's input: an event's data fits (kMaxEventBytes).
inline constexpr std::size_t kMaxDedupLine = 16 * kMiB;
// Judging is one thread's at a time, so that more threads than this only wait.
inline constexpr unsigned kMaxDedupThreads = 8;
// Comparing two revisions: articles have some 50 paragraphs; live blogs a thousand.
inline constexpr std::size_t kMaxComparedParagraphs = 2000;
// Pairs of changed paragraphs that are compared word by word: 300 x 300 that all
// changed is another article.
inline constexpr std::size_t kMaxParagraphPairs = 90000;

// ---- store and delivery (daemon/store, sinks/)
// One commit takes no more than this: what is decided waits in memory for the disk.
inline constexpr std::size_t kCommitJobs = 1024;
inline constexpr std::size_t kCommitBytes = 8 * kMiB;
// The first of a group waits no longer than this for company.
inline constexpr auto kCommitDelay = 40ms;
// A store that cannot write (disk full) tries again this often.
inline constexpr auto kStoreRetry = 1s;
// Recent lines kept in memory, so that those who keep up never cause a read.
inline constexpr std::size_t kJournalTailBytes = 8 * kMiB;
// Lines read from the disk, kept for others that ask for the same soon after.
inline constexpr std::size_t kJournalCacheBytes = 16 * kMiB;
// What one read of the disk brings for clients that are far behind.
inline constexpr std::size_t kJournalReadAhead = 512 * kKiB;
// The write-ahead log is moved into the database at this size: a larger one makes
// starting after a crash slow, a smaller one writes the same pages more often.
inline constexpr std::size_t kWalPages = 4000;
// Identity keys are kept for so many days after a feed last listed them, an
// article's text for so many after it last changed (docs/events.md).
inline constexpr int kSeenDays = 90;
inline constexpr int kTextDays = 8;
// Rows that one step of the store's housekeeping looks at or deletes, so that no
// commit waits long for it.
inline constexpr int kHousekeepingRows = 2000;
inline constexpr auto kHousekeepingEvery = 60s;
// Attempts at copying a table out of a damaged database: damage that is everywhere
// would be halved for ever.
inline constexpr int kSalvageTries = 20000;
// What `check --state` reports one by one.
inline constexpr std::size_t kReportedDamages = 50;
// A question about articles looks no longer than this, and at no more than so many.
inline constexpr auto kSearchTime = 1500ms;
inline constexpr std::size_t kStoryArticles = 2000;
inline constexpr std::size_t kEventsOfArticle = 1000;
// What one read of the journal hands to a file, and to one of many clients.
inline constexpr std::size_t kFileBatchBytes = 1 * kMiB;
inline constexpr std::size_t kClientBatchBytes = 128 * kKiB;
// A client's send buffer, the half of what Linux makes of it. More would leave the
// processor's cache before the client reads it: measured with 100 clients, 32 KiB carry
// a third more than the usual 208, and bound what a thousand silent ones hold.
inline constexpr int kClientSendBuffer = static_cast<int>(32 * kKiB);
// A sink in trouble tries again after so long, doubling up to:
inline constexpr auto kSinkRetry = 250ms;
inline constexpr auto kSinkRetryMax = 30s;
inline constexpr auto kFileRetryMax = 5s;
// A disk that has not answered for so long is called hung in the status.
inline constexpr auto kHungDisk = 5s;

// ---- sinks (sinks/)
// What a client says after it was told to go is read, and not heeded, up to here.
inline constexpr std::size_t kUnheededBytes = 1 * kMiB;
// Bytes that a peer has taken are looked for this often (SIOCOUTQ).
inline constexpr auto kConfirmEvery = 100ms;
// What one webhook carries; a file of dead letters is rotated beyond its size.
inline constexpr std::size_t kPostBytes = 1 * kMiB;
inline constexpr std::size_t kPostEvents = 100;
inline constexpr std::size_t kDeadLetterBytes = 64 * kMiB;
inline constexpr auto kPostTime = 30s;
// A program that is to end gets so long after the end of its input, then after SIGTERM.
inline constexpr auto kChildPatience = 500ms;

// ---- clients of the socket sink
// The longest line that a client may send, and the longest name of a consumer.
inline constexpr std::size_t kClientLine = 64 * kKiB;
inline constexpr std::size_t kConsumerName = 128;
// A client that sent no line by then only wants to read.
inline constexpr auto kHelloGrace = 250ms;
// A client that takes nothing for so long is given up.
inline constexpr auto kClientPatience = 5min;
// How long one that is told to go may take for its last line.
inline constexpr auto kFarewell = 1s;
// Connections and names of consumers a sink: each name is a row of the store.
inline constexpr std::size_t kClients = 10000;
inline constexpr std::size_t kConsumers = 10000;
// Acknowledgements are saved at most this often.
inline constexpr auto kAckEvery = 50ms;
// TCP keepalive: the first probe after so many seconds of silence, the next ones, and
// how many go unanswered before the peer counts as gone.
inline constexpr auto kPeerIdle = 60s;
inline constexpr auto kPeerProbe = 15s;
inline constexpr int kPeerProbes = 4;
// A sink that is told to finish and cannot gives up after so long; what it did not
// deliver is delivered after the next start.
inline constexpr auto kDrainPatience = 3s;

// ---- polling (daemon/: feeds, schedule, pipeline)
// Starts of polls on one host are this far apart, unless its feeds together need
// them closer (docs/polling.md). Widened by what says 429, to at most a minute.
inline constexpr auto kHostSpacing = 1s;
inline constexpr auto kMaxHostSpacing = 60s;
// Article pages of one host: so many at once when a feed brings several new items,
// then one in this time.
inline constexpr float kPageBurst = 10;
inline constexpr auto kPageSpacing = 500ms;
// What robots.txt may ask for between two pages; real ones ask for 1 to 10 s, longer
// is a way to say no and would hold articles back for hours.
inline constexpr auto kMaxCrawlDelay = 30s;
// Failures in a row, of any of its feeds and pages, after which a host is probed by
// one request at a time: first after half a minute, later up to an hour.
inline constexpr unsigned kHostFailures = 5;
inline constexpr auto kHostProbe = 30s;
inline constexpr auto kMaxHostProbe = 1h;
// Hosts without jobs whose pace is still remembered.
inline constexpr std::size_t kIdleHosts = 4096;
// What a server or a feed may ask for (Retry-After, max-age, ttl, ...): longer is a
// mistake, and a feed that is not asked for months is lost.
inline constexpr auto kMaxAskedWait = 7 * 24h;
// A feed with a hub is polled at least so often (WebSub 6: hubs forget).
inline constexpr auto kPushedInterval = 24h;
// The whole document is asked for now and then, whatever validators there are: some
// servers answer 304 for ever.
inline constexpr auto kWholeEvery = 7 * 24h;
// Feeds that are overdue at the start are spread over their interval, but no longer.
inline constexpr auto kOverdueSpread = 5min;
// Failures in a row of a URL that a redirect or a page led to, before the configured
// one is tried again.
inline constexpr unsigned kMovedFailures = 3;
// Failures in a row before the world is told: four doublings, hours at the usual
// intervals.
inline constexpr unsigned kFailuresToTell = 5;
// Dates of items that the rhythm is learned from at one poll.
inline constexpr std::size_t kRhythmDates = 1000;
// How often pages that are due for another look are asked for, and how many at once.
inline constexpr std::chrono::seconds kLookPause = 30s;
inline constexpr std::size_t kLooksAtOnce = 64;
// A page that is missing is asked for once more after this long before it counts as
// taken back: sites are out of order for minutes.
inline constexpr std::chrono::seconds kMissingPause = 120s;
// Blocks of this size and above are given back to the system when they are freed.
inline constexpr int kOwnPagesBytes = 256 * 1024;
// After SIGTERM sinks have this long to take what was recorded; systemd would wait
// 90 s, people do not. What is left is delivered at the next start.
inline constexpr std::chrono::milliseconds kDrainTime = 3500ms;
// With --once there is no next start to count on soon.
inline constexpr std::chrono::hours kDrainTimeOnce = 24h;
// SIGHUPs within this time are one reload.
inline constexpr std::chrono::milliseconds kReloadPause = 100ms;
// How often the loop and the recorder show that they live, and when they do not.
inline constexpr std::chrono::seconds kBeat = 2s;
inline constexpr std::chrono::seconds kNoProgress = 20s;
// A file of the operator's rules is not larger.
inline constexpr std::size_t kMaxRuleFileBytes = 4 * kMiB;
// How often the pollers ask whether the disk takes something again.
inline constexpr std::chrono::milliseconds kStuckPause = 250ms;
// Items made ready in one go: one trip to the pool, one transaction.
inline constexpr std::size_t kPrepareBatch = 16;
// An article that is ready waits so long for others of its feed's poll, not longer.
inline constexpr std::chrono::seconds kGatherTime = 2s;
// An item's page is tried so often, the last time within 15 minutes; then the feed's
// own text has to do.
inline constexpr int kPageTries = 3;
inline constexpr std::chrono::seconds kPageRetryFirst = 1s;
inline constexpr std::chrono::seconds kPageRetryLast = 480s;

// ---- documents and WebSub (daemon/feed_reader, subscriptions)
// The lease that hubs are asked for, and what of their answers is believed: a shorter
// one would be renewed all the time, a longer one be forgotten by one of the two.
inline constexpr auto kLease = 10 * 24h;
inline constexpr auto kMinLease = 1h;
inline constexpr auto kMaxLease = 30 * 24h;
// A hub that did not verify is asked again after this long, at the next poll.
inline constexpr auto kSubscribeAgain = 6h;
// Items of one document that are looked at, the latest ones: half a KiB of memory each.
// The largest feeds that are meant to be read have some thousand.
inline constexpr std::size_t kMaxTakenItems = 20'000;

// ---- HTTP, API and terminal (daemon/http, commands)
// Open connections of one listener: a page holds two, a scraper one. The control
// socket has its own, so that strangers cannot keep the operator out.
// Of an article's text in lists: its beginning.
inline constexpr std::size_t kListedTextBytes = 400;
// Open connections, of both listeners: a page holds two, a scraper one.
inline constexpr std::size_t kMaxHttpConnections = 256;
// Of these, streams of events: each may hold one batch of lines.
inline constexpr std::size_t kMaxHttpStreams = 128;
// Request line and header fields: no honest client of ours sends more.
inline constexpr std::size_t kMaxHttpHeader = 16 * kKiB;
// A body (OPML of 10,000 feeds is 2 MiB; a WebSub delivery is a feed).
inline constexpr std::size_t kMaxHttpBody = 16 * kMiB;
// Any other body: a feed to add, a position to replay from.
inline constexpr std::size_t kMaxHttpSmallBody = 64 * kKiB;
// Body bytes of all requests at once, so that many large ones cannot add up.
inline constexpr std::size_t kMaxHttpBodies = 64 * kMiB;
// A client that sends its header, or its body, slower than this is not worth a slot.
inline constexpr auto kHttpReadTime = 15s;
// A client that takes nothing for so long is gone.
inline constexpr auto kHttpWriteTime = 30s;
// Between two requests of one connection.
inline constexpr auto kHttpIdleTime = 75s;
// A comment on a quiet event stream, so that proxies keep it and the dead are found.
inline constexpr auto kHttpHeartbeat = 15s;
// Bytes of event lines that one stream reads from the journal at once.
inline constexpr std::size_t kHttpStreamBatch = 256 * kKiB;
// Articles, or stories, in one answer.
inline constexpr std::size_t kMaxHttpRows = 500;
// Copies and revisions told of one article: a wire story has hundreds.
inline constexpr std::size_t kMaxHttpRelated = 100;
// Values of one metric's label; more would drown who scrapes.
inline constexpr std::size_t kMaxLabelValues = 200;
// Feeds that have metrics of their own; those beyond are in the totals only.
inline constexpr std::size_t kMaxFeedMetrics = 2000;
// Samples of the status page's sparklines, one each kHttpSampleTime: ten minutes.
inline constexpr std::size_t kHttpSamples = 120;
inline constexpr auto kHttpSampleTime = 5s;
// An answer that a command takes from the control socket.
inline constexpr std::size_t kMaxControlAnswer = 64 * kMiB;

}  // namespace siftd::limits
