package v1alpha1_test

import (
	"slices"
	"strings"
)

const (
	notPlain   = "write one plain address such as"
	longLocal  = "the part before the @ has at most 64 characters"
	notAType   = "write a type as the store names it"
	heir       = "write transferTeamsTo with teams: Transfer, and only then"
	notOneLine = "write one line: no line breaks, tabs or other control characters"
	notSeen    = "write only what can be seen: no invisible characters"
)

var account = kind{
	name: "Account",
	examples: []string{`
kind: Account
spec:
  email: alice@example.com
  className: gpu
  deletionPolicy: Delete
  driftPolicy: Correct
  resyncIntervalSeconds: 60
  suspend: false
  username: alice
  preferences: {theme: Dark}
  security: {twoFactor: Required, emailChange: Holder}
  suspendAccess: false
  notifications:
    newsletter: Unsubscribed
    events: [{type: low_credit, email: Disabled}, {type: outbid, email: Enabled}]
  referredBy: 7f3k9q
  adoption: Never
  managementPolicy: Manage
  deletion: {teams: Delete}
  invoice:
    name: Alice Example
    company: Example GmbH
    taxID: DE123456789
    email: billing@example.com
    purchaseOrder: PO-4711
    address: {line1: Hauptstr. 1, line2: Hinterhaus, city: Berlin, region: BE, postalCode: "10115", country: DE}
`, `
kind: Account
spec: {email: alice@example.com, deletion: {teams: Transfer, transferTeamsTo: {name: bob}}}
`, `
kind: Account
spec: {email: alice@example.com, adoption: Restore, restoreAccountID: "42", deletionPolicy: Retain}
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
			refuses: slices.Concat(controls, hidden),
		},
		field{path: "spec.preferences.theme", accepts: []value{{"Light", "Light"}, {"System", "System"}}},
		field{path: "spec.notifications.newsletter", accepts: []value{{"Subscribed", "Subscribed"}}},
		field{path: "spec.security.emailChange", accepts: []value{{"Platform", "Platform"}, {"Holder", "Holder"}}, refuses: []refusal{{"in small letters", "holder", `supported values: "Platform", "Holder", ""`}}},
		field{path: "spec.security.twoFactor", accepts: []value{{"Optional", "Optional"}}, refuses: []refusal{{"in small letters", "required", `supported values: "Required", "Optional", ""`}}},
		field{path: "spec.suspendAccess", accepts: []value{{"true", true}}, refuses: []refusal{{"a text", "true", "must be of type boolean"}}},
		field{
			path:    "spec.notifications.events[0].type",
			accepts: []value{{"another type", "gpu_idle"}},
			refuses: []refusal{
				{"left out", absent, "Required value"},
				{"in capitals", "LowCredit", notAType},
				{"ended by a line break", "low_credit\n", notAType},
			},
		},
		field{
			path:    "spec.notifications.events[0].email",
			accepts: []value{{"Enabled", "Enabled"}},
			refuses: []refusal{{"left out", absent, "Required value"}, {"a boolean's text", "true", `supported values: "Enabled", "Disabled"`}},
		},
		field{
			path:    "spec.referredBy",
			accepts: []value{{"another code", "k2m4xw"}, {"empty", ""}},
			refuses: []refusal{
				{"a link", "https://console.example.com/?ref_id=k2m4xw", "may not be more than 32"},
				{"in capitals", "K2M4XW", "write a code as status.referral.code of another Account shows it"},
			},
		},
		field{
			path:    "spec.adoption",
			accepts: []value{{"IfUnclaimed", "IfUnclaimed"}, {"Restore", "Restore"}},
			refuses: []refusal{{"Always", "Always", `supported values: "Never", "IfUnclaimed", "Restore", ""`}},
		},
		field{
			path: "spec.restoreAccountID", accepts: []value{{"another", "4711"}, {"empty", ""}},
			refuses: []refusal{{"too long", strings.Repeat("1", 65), "may not be more than 64 bytes"}},
		},
		field{path: "spec.managementPolicy", accepts: []value{{"Observe", "Observe"}}, refuses: []refusal{{"in small letters", "observe", "supported values"}}},
		field{ // Transfer goes together with whom to: see the rules
			path: "spec.deletion.teams", accepts: []value{{"Delete", "Delete"}},
			refuses: []refusal{{"Keep", "Keep", `supported values: "Delete", "Transfer", ""`}},
		},
		objectName("spec.deletion.transferTeamsTo.name"),
		line("spec.invoice.name"),
		line("spec.invoice.company"),
		line("spec.invoice.taxID"),
		field{
			path:    "spec.invoice.email",
			accepts: []value{{"another address", "pay@example.com"}, {"cleared", ""}, {"the longest one", longest}},
			refuses: hostile(notPlain),
		},
		line("spec.invoice.purchaseOrder"),
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
				{"the name of the country", "Germany", "write the ISO 3166-1 code of two capital letters, such as DE"},
				{"a code that no country has", "XX", "write the ISO 3166-1 code"},
				{"what stands between two codes", "D ", "write the ISO 3166-1 code"},
			},
		},
	),
	rules: []rule{
		{
			when: "two entries choose for one type", spec: "{email: a@example.com, notifications: {events: [{type: outbid, email: Enabled}, {type: outbid, email: Disabled}]}}",
			at: "spec.notifications.events[1]", says: "Duplicate value",
		},
		{when: "teams are deleted", spec: "{email: a@example.com, deletion: {teams: Delete}}"},
		{when: "teams are transferred to nobody", spec: "{email: a@example.com, deletion: {teams: Transfer}}", at: "spec.deletion", says: heir},
		{when: "teams are deleted and a heir is named", spec: "{email: a@example.com, deletion: {teams: Delete, transferTeamsTo: {name: bob}}}", at: "spec.deletion", says: heir},
		{when: "a heir is named and nothing else", spec: "{email: a@example.com, deletion: {transferTeamsTo: {name: bob}}}", at: "spec.deletion", says: heir},
		{when: "an account may be adopted and deletionPolicy is left out", spec: "{email: a@example.com, adoption: IfUnclaimed}", at: "spec", says: "write deletionPolicy out beside adoption"},
		{when: "an account may be restored and deletionPolicy is left out", spec: "{email: a@example.com, adoption: Restore}", at: "spec", says: "write deletionPolicy out beside adoption"},
		{
			when: "an account is chosen and none is restored", at: "spec", says: "write restoreAccountID with adoption: Restore, and only then",
			spec: "{email: a@example.com, adoption: IfUnclaimed, deletionPolicy: Retain, restoreAccountID: '1'}",
		},
		{when: "an account may be adopted and deletionPolicy is empty", spec: `{email: a@example.com, adoption: IfUnclaimed, deletionPolicy: ""}`, at: "spec", says: "write deletionPolicy out beside adoption"},
		{when: "adoption is empty and deletionPolicy is left out", spec: `{email: a@example.com, adoption: ""}`},
		{when: "the policy of teams is empty", spec: `{email: a@example.com, deletion: {teams: ""}}`},
		{when: "nothing is adopted and deletionPolicy is left out", spec: "{email: a@example.com, adoption: Never}"},
		{when: "an account is observed and deletionPolicy is left out", spec: "{email: a@example.com, managementPolicy: Observe}"},
	},
	fixed: []fixed{className("Account"), referredBy},
}

// line is a text that the account holder sees on one line, and that "" clears.
func line(path string) field {
	return field{
		path:    path,
		accepts: []value{{"another text", "Größe 田"}, {"cleared", ""}, {"Hebrew", "\u05d0\u05dc"}, {"Persian", "\u0645\u06cc\u200c\u0631"}},
		refuses: slices.Concat(controls, hidden),
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

var hidden = []refusal{
	{"with a turned direction", "a\u202eb", notSeen},
	{"with a mark of direction", "a\u200fb", notSeen},
	{"with a space without width", "a\u200bb", notSeen},
	{"with a joiner where nothing is joined", "a\u200db", notSeen},
}

// shared is what every kind has.
var shared = []field{
	{
		path:    "spec.className",
		accepts: []value{{"another class", "cpu"}, {"one letter", "a"}, {"empty", ""}},
		refuses: []refusal{
			{"in capitals", "GPU", "write a class as the manager's --class has it"},
			{"begun with a hyphen", "-gpu", "write a class"},
			{"dotted", "gpu.example", "write a class"},
		},
	},
	{path: "spec.deletionPolicy", accepts: []value{{"Retain", "Retain"}}},
	{path: "spec.driftPolicy", accepts: []value{{"Report", "Report"}}, refuses: []refusal{{"in small letters", "report", `supported values: "Correct", "Report", ""`}}},
	{
		path:    "spec.resyncIntervalSeconds",
		accepts: []value{{"30", int64(30)}, {"0", int64(0)}, {"a week", int64(604800)}},
		refuses: []refusal{
			{"29", int64(29), "write 0, or at least 30 seconds"},
			{"negative", int64(-1), "greater than or equal to 0"},
			{"more than a week", int64(604801), "less than or equal to 604800"},
		},
	},
	{path: "spec.suspend", accepts: []value{{"true", true}}},
}
