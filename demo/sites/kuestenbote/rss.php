<?xml version="1.0" encoding="ISO-8859-1"?>
<rss version="2.0">
<channel>
<title>Küstenbote</title>
<link>/</link>
<description>Nachrichten von der Küste</description>
<language>de</language>
<item>
<title>Leuchtturm bekommt seine alte Linse zurück</title>
<link>/leuchtturm.html</link>
<guid>/leuchtturm.html</guid>
<pubDate>Wed, 18 Nov 2026 17:05:00 +0100</pubDate>
<description>Im Frühjahr kehrt die alte Optik auf die Hallsand-Klippe heim.</description>
</item>
<item>
<title>Hallsand sucht einen Wattführer</title>
<link>/wattfuehrer.html</link>
<guid>/wattfuehrer.html</guid>
<pubDate>Mon, 16 Nov 2026 08:00:00 +0100</pubDate>
<description>Drei von vier gehen in den Ruhestand.</description>
</item>
</channel>
</rss>
