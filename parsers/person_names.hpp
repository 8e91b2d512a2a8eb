#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// The names of persons in a byline as sites write it: "By Ann Lee and Raj Patel,
// Staff Writers | Reuters". Without what leads in or follows (By, Von, roles,
// e-mail addresses, dates), split where several are named; user names, desks
// ("Staff", "Redaktion", "admin") and addresses are none. Order kept, no name twice.
std::vector<std::string> person_names(std::string_view byline);

// "Jong, Michiel de" as "Michiel de Jong": one name in the order of catalogues, as Dublin
// Core and Highwire tags have it; several are parted by semicolons. What is no such name
// is given back as it came.
std::string in_speaking_order(std::string_view name);

// Whether a label ("Written by", "Autor:") says that its value names the author.
bool says_author(std::string_view label);

// Whether a line begins as bylines do: "By ", "Von ", "Texte : ".
bool begins_byline(std::string_view line);

// Whether a name is surely a person's: two to four words with capitals (particles such
// as "von" aside), none of which is one that headings, menus and houses have.
bool is_full_name(std::string_view name);

// Whether a name that is no person's may stand for one: an agency or a paper, but no
// desk, user or address.
bool is_credit(std::string_view name);

}  // namespace siftd
