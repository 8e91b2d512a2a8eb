#include "parsers/metadata.hpp"

namespace siftd {

PageMetadata read_metadata(const HtmlTree& tree, std::string_view) {
  PageMetadata metadata;
  for (HtmlTree::Index i = 0; i < tree.size(); ++i) {
    if (tree[i].tag == Tag::title) {
      metadata.title = tree.text_below(i);
      break;
    }
  }
  return metadata;
}

}  // namespace siftd
