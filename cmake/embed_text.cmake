# cmake -DINPUT=file -DOUTPUT=file.cpp -DNAME=kName -P embed_text.cmake
# Makes a text file a std::string_view constant of namespace siftd, in pieces that
# every compiler takes as one literal.
file(READ "${INPUT}" text)
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 4000 piece)
  string(APPEND pieces "    R\"embedded(${piece})embedded\"\n")
  math(EXPR at "${at} + 4000")
endwhile()
get_filename_component(source "${INPUT}" NAME)
file(WRITE "${OUTPUT}" "// Made from ${source}; edit that.
#include <string_view>

namespace siftd {

extern const std::string_view ${NAME};
const std::string_view ${NAME} =
${pieces}    ;

}  // namespace siftd
")
