package v1alpha1_test

import "strings"

const confirmed = "write email with type: ConfirmAddress, and only then"

var accountAction = kind{
	name: "AccountAction",
	examples: []string{`
kind: AccountAction
spec: {accountRef: {name: alice}, type: ResendVerificationEmail, ttlSecondsAfterFinished: 3600}
`, `
kind: AccountAction
spec: {accountRef: {name: alice}, type: ConfirmAddress, email: alice@example.com}
`},
	fields: []field{
		objectName("spec.accountRef.name"),
		{
			path:    "spec.type",
			accepts: []value{{"SendPasswordReset", "SendPasswordReset"}, {"ResetTwoFactor", "ResetTwoFactor"}},
			refuses: []refusal{
				{"left out", absent, "Required value"},
				{"something else", "DeleteAccount", `supported values: "ResendVerificationEmail", "SendPasswordReset", "ResetTwoFactor", "ConfirmAddress"`},
			},
		},
		{
			path:    "spec.email",
			accepts: []value{{"the longest", strings.Repeat("a", 254)}},
			refuses: []refusal{
				{"too short", "a@", "should be at least 3 chars long"},
				{"too long", strings.Repeat("a", 255), "may not be more than 254 bytes"},
			},
		},
		{
			path:    "spec.ttlSecondsAfterFinished",
			accepts: []value{{"0", int64(0)}, {"a year", int64(31536000)}},
			refuses: []refusal{
				{"negative", int64(-1), "greater than or equal to 0"},
				{"more than a year", int64(31536001), "less than or equal to 31536000"},
			},
		},
	},
	rules: []rule{
		{when: "an address is confirmed and none is given", spec: "{accountRef: {name: alice}, type: ConfirmAddress}", at: "spec", says: confirmed},
		{
			when: "something else is done and an address is given", spec: "{accountRef: {name: alice}, type: ResetTwoFactor, email: a@example.com}",
			at: "spec", says: confirmed,
		},
	},
	fixed: []fixed{
		whole("spec.email", "alice@example.com", "bob@example.com"),
		whole("spec.accountRef.name", "alice", "bob"),
		whole("spec.type", "ResetTwoFactor", "SendPasswordReset"),
		whole("spec.ttlSecondsAfterFinished", int64(60), int64(61)),
		whole("spec.ttlSecondsAfterFinished", int64(60), absent),
		whole("spec.ttlSecondsAfterFinished", absent, int64(60)),
	},
}
