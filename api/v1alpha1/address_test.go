package v1alpha1_test

import "strings"

// longest is an address of 254 characters, the most there may be: 64 before the @, and four labels.
var longest = strings.Repeat("a", 64) + "@" + strings.Repeat(strings.Repeat("b", 61)+".", 3) + "com"

// hostile lists what is not one plain address, with the words it is refused in.
func hostile(notPlain string) []refusal {
	long := "may not be more than 254"
	return []refusal{
		{"no address", "alice", notPlain},
		{"without a local part", "@example.com", notPlain},
		{"without a domain", "alice@", notPlain},
		{"with two @", "alice@bob@example.com", notPlain},

		{"followed by a header", "alice@example.com\r\nBcc: mallory@example.com", notPlain},
		{"ended by a line feed", "alice@example.com\n", notPlain},
		{"begun with a line feed", "\nalice@example.com", notPlain},
		{"ended by a carriage return", "alice@example.com\r", notPlain},
		{"with NUL", "alice\x00@example.com", notPlain},
		{"with a tab", "alice\t@example.com", notPlain},
		{"with a space", "alice smith@example.com", notPlain},
		{"ended by a space", "alice@example.com ", notPlain},
		{"with a no-break space", "alice\u00a0@example.com", notPlain},
		{"with a zero-width space", "ali\u200bce@example.com", notPlain},
		{"turned round by a bidi override", "alice@\u202emoc.elpmaxe", notPlain},

		{"a list", "alice@example.com, bob@example.com", notPlain},
		{"a list without spaces", "alice@example.com,bob@example.com", notPlain},
		{"a list with semicolons", "alice@example.com;bob@example.com", notPlain},
		{"a group", "friends: alice@example.com;", notPlain},
		{"with a display name", "Alice <alice@example.com>", notPlain},
		{"in angle brackets", "<alice@example.com>", notPlain},
		{"with a comment", "alice(work)@example.com", notPlain},
		{"with a quoted local part", `"alice"@example.com`, notPlain},
		{"with a quoted @", `"a@b"@example.com`, notPlain},
		{"with a backslash", `alice\@example.com`, notPlain},
		{"with a source route", "@relay.example:alice@example.com", notPlain},
		{"with a percent-encoded line feed in the domain", "alice@example.com%0a", notPlain},
		{"a mailto link", "mailto:alice@example.com", notPlain},

		{"in Cyrillic that looks Latin", "аlice@example.com", notPlain},
		{"at a domain in Cyrillic that looks Latin", "alice@ехample.com", notPlain},
		{"with a full-width @", "alice＠example.com", notPlain},
		{"with an ideographic full stop", "alice@example。com", notPlain},

		{"begun with a dot", ".alice@example.com", notPlain},
		{"with a dot before the @", "alice.@example.com", notPlain},
		{"with two dots", "ali..ce@example.com", notPlain},
		{"at a domain begun with a dot", "alice@.example.com", notPlain},
		{"at a domain ended by a dot", "alice@example.com.", notPlain},
		{"at a domain with two dots", "alice@example..com", notPlain},
		{"at a domain without a dot", "alice@localhost", notPlain},
		{"at a label begun with a hyphen", "alice@-example.com", notPlain},
		{"at a label ended by a hyphen", "alice@example-.com", notPlain},
		{"at a domain with an underscore", "alice@ex_ample.com", notPlain},
		{"at an IP address", "alice@192.0.2.1", notPlain},
		{"at an address literal", "alice@[192.0.2.1]", notPlain},
		{"at an IPv6 literal", "alice@[IPv6:2001:db8::1]", notPlain},
		{"at a label of 64 characters", "alice@" + strings.Repeat("b", 64) + ".com", notPlain},

		{"with 65 characters before the @", strings.Repeat("a", 65) + "@example.com", longLocal},
		{"255 characters long", strings.Replace(longest, "@", "@b", 1), long},
	}
}
