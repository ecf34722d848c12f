package v1alpha1_test

var accountAction = kind{
	name: "AccountAction",
	examples: []string{`
kind: AccountAction
spec: {accountRef: {name: alice}, type: ResendVerificationEmail, ttlSecondsAfterFinished: 3600}
`},
	fields: []field{
		objectName("spec.accountRef.name"),
		{
			path:    "spec.type",
			accepts: []value{{"SendPasswordReset", "SendPasswordReset"}, {"ResetTwoFactor", "ResetTwoFactor"}},
			refuses: []refusal{
				{"left out", absent, "Required value"},
				{"something else", "DeleteAccount", `supported values: "ResendVerificationEmail", "SendPasswordReset", "ResetTwoFactor"`},
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
	fixed: []fixed{
		whole("spec.accountRef.name", "alice", "bob"),
		whole("spec.type", "ResetTwoFactor", "SendPasswordReset"),
		whole("spec.ttlSecondsAfterFinished", int64(60), int64(61)),
		whole("spec.ttlSecondsAfterFinished", int64(60), absent),
		whole("spec.ttlSecondsAfterFinished", absent, int64(60)),
	},
}
