package v1alpha1_test

import "strings"

const (
	notPlain   = "write one plain address such as"
	longLocal  = "the part before the @ has at most 64 characters"
	notOneLine = "write one line: no line breaks, tabs or other control characters"
)

var account = kind{
	name: "Account",
	examples: []string{`
kind: Account
spec:
  email: alice@example.com
  className: gpu
  deletionPolicy: Delete
  suspend: false
  username: alice
  preferences: {theme: Dark}
  notifications: {newsletter: Unsubscribed}
  invoice:
    name: Alice Example
    company: Example GmbH
    taxID: DE123456789
    email: billing@example.com
    address: {line1: Hauptstr. 1, line2: Hinterhaus, city: Berlin, region: BE, postalCode: "10115", country: DE}
`},
	fields: append(shared,
		field{
			path:    "spec.email",
			accepts: []value{{"another address", "bob@example.com"}, {"the longest one", longest}},
			refuses: append(hostile(notPlain), refusal{"left out", absent, "Required value"}, refusal{"empty", "", "at least 3 chars"}),
		},
		field{
			path:    "spec.username",
			accepts: []value{{"another name", "Alice Ünal-田中"}, {"cleared", ""}, {"at its longest", strings.Repeat("ü", 64)}},
			refuses: controls,
		},
		field{path: "spec.preferences.theme", accepts: []value{{"Light", "Light"}, {"System", "System"}}},
		field{path: "spec.notifications.newsletter", accepts: []value{{"Subscribed", "Subscribed"}}},
		line("spec.invoice.name"),
		line("spec.invoice.company"),
		line("spec.invoice.taxID"),
		field{
			path:    "spec.invoice.email",
			accepts: []value{{"another address", "pay@example.com"}, {"cleared", ""}, {"the longest one", longest}},
			refuses: hostile(notPlain),
		},
		line("spec.invoice.address.line1"),
		line("spec.invoice.address.line2"),
		line("spec.invoice.address.city"),
		line("spec.invoice.address.region"),
		line("spec.invoice.address.postalCode"),
		field{
			path:    "spec.invoice.address.country",
			accepts: []value{{"another country", "FR"}, {"cleared", ""}},
			refuses: []refusal{
				{"in small letters", "de", "write the ISO 3166-1 code of two capital letters, such as DE"},
				{"one letter", "D", "two capital letters"},
				{"the name of the country", "Germany", "may not be more than 2"},
			},
		},
	),
	fixed: []fixed{className("Account")},
}

// line is a text that the account holder sees on one line, and that "" clears.
func line(path string) field {
	return field{
		path:    path,
		accepts: []value{{"another text", "Größe 田"}, {"cleared", ""}},
		refuses: controls,
	}
}

var controls = []refusal{
	{"over two lines", "a\nb", notOneLine},
	{"ended by CR and LF", "a\r\n", notOneLine},
	{"with a tab", "a\tb", notOneLine},
	{"with NUL", "a\x00b", notOneLine},
	{"with an escape", "a\x1b[31mb", notOneLine},
	{"with a line break of Unicode", "a\u2028b", notOneLine},
}

// shared is what every kind has.
var shared = []field{
	{
		path:    "spec.className",
		accepts: []value{{"another class", "cpu"}, {"one letter", "a"}},
		refuses: []refusal{
			{"empty", "", "at least 1 chars"},
			{"in capitals", "GPU", "write a class as the manager's --class has it"},
			{"begun with a hyphen", "-gpu", "write a class"},
			{"dotted", "gpu.example", "write a class"},
		},
	},
	{path: "spec.deletionPolicy", accepts: []value{{"Retain", "Retain"}}},
	{path: "spec.suspend", accepts: []value{{"true", true}}},
}
