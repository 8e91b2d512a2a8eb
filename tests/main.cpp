// Needed by Catch2 v2 only; v3 brings its own main with Catch2WithMain.
#if !__has_include(<catch2/catch_test_macros.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#else
namespace siftd {
[[maybe_unused]] static const int kCatchHasItsOwnMain = 3;
}
#endif
