# cmake -DOUT=web.cpp -DROOT=dir "-DFILES=/=web/index.html;/page.js=web/page.js" -P embed.cmake
# Writes a source file that holds the files of the status page as byte arrays.
cmake_minimum_required(VERSION 3.25)

set(types_html "text/html; charset=utf-8")
set(types_css "text/css; charset=utf-8")
set(types_js "text/javascript; charset=utf-8")
set(types_svg "image/svg+xml")
set(types_json "application/json; charset=utf-8")

set(arrays "")
set(table "")
set(n 0)
string(REPLACE "|" ";" FILES "${FILES}")
foreach(pair IN LISTS FILES)
  string(REGEX MATCH "^([^=]+)=(.+)$" _ "${pair}")
  set(path "${CMAKE_MATCH_1}")
  set(file "${ROOT}/${CMAKE_MATCH_2}")
  string(REGEX MATCH "[a-z]+$" extension "${file}")
  file(READ "${file}" hex HEX)
  file(SHA256 "${file}" hash)
  string(SUBSTRING "${hash}" 0 16 hash)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(REGEX REPLACE "(('[^']*',){16})" "\\1\n" bytes "${bytes}")
  string(APPEND arrays "constexpr char kFile${n}[] = {\n${bytes}};\n")
  string(APPEND table
    "    {\"${path}\", \"${types_${extension}}\", {kFile${n}, sizeof(kFile${n})}, \"\\\"${hash}\\\"\"},\n")
  math(EXPR n "${n} + 1")
endforeach()

file(WRITE "${OUT}" "#include \"daemon/web.hpp\"

namespace siftd {
namespace {
${arrays}
constexpr WebFile kFiles[] = {
${table}};
}  // namespace

const WebFile* find_web_file(std::string_view path) {
  for (const WebFile& file : kFiles) {
    if (file.path == path) {
      return &file;
    }
  }
  return nullptr;
}
}  // namespace siftd
")
