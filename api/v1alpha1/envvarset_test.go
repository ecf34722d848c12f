package v1alpha1_test

import "strings"

var envVarSet = kind{
	name: "EnvVarSet",
	examples: []string{`
kind: EnvVarSet
spec:
  accountRef: {name: alice}
  className: gpu
  deletionPolicy: Delete
  driftPolicy: Correct
  resyncIntervalSeconds: 60
  suspend: false
  env:
  - {name: LOG_LEVEL, value: debug}
  - {name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf, key: token, optional: false}}}
  - {name: REGION, valueFrom: {configMapKeyRef: {name: site, key: region, optional: false}}}
  envFrom:
  - {prefix: AWS_, secretRef: {name: aws, optional: false}, keys: {include: [^S3_, ^B2_], exclude: [_OLD$]}}
  - {configMapRef: {name: site, optional: false}}
  - {secretSelector: {matchLabels: {env: training, example.com/team: vision}}}
  dotenv:
  - {inline: "A=b"}
  - {secretKeyRef: {name: training, key: .env, optional: false}}
  - {configMapKeyRef: {name: site, key: .env, optional: false}}
  updatePolicy: Always
`, `
kind: EnvVarSet
spec:
  accountSelector:
    matchLabels: {team: vision, example.com/role: engineer}
    matchExpressions:
    - {key: team, operator: In, values: [vision, audio]}
    - {key: example.com/left, operator: DoesNotExist}
`},
	fields: append(shared,
		objectName("spec.accountRef.name"),
		field{
			path: "spec.accountSelector.matchLabels",
			accepts: []value{
				{"another label", map[string]any{"team": "audio"}},
				{"left out beside expressions", absent},
				{"a label without a value", map[string]any{"team": ""}},
				{"a label at its longest", map[string]any{longestLabel: strings.Repeat("v", 63)}},
			},
			refuses: []refusal{
				{"empty", map[string]any{}, "at least 1 properties"},
				{"a label with a key longer than any", map[string]any{longestLabel + "k": "v"}, badAccountLabel},
				{"a label with a value longer than any", map[string]any{"team": strings.Repeat("v", 64)}, badAccountLabel},
			},
		},
		field{
			path:    "spec.accountSelector.matchExpressions[0].key",
			accepts: []value{{"another key", "example.com/Team_1.x"}, {"one digit", "1"}},
			refuses: []refusal{
				{"left out", absent, "Required value"},
				{"empty", "", "at least 1 chars"},
				{"with a space", "a b", badLabelKey},
				{"with two slashes", "a/b/c", badLabelKey},
				{"longer than any", longestLabel + "k", "may not be more than 317"},
				{"with a name longer than any", strings.Repeat("k", 64), badLabelKey},
			},
		},
		field{
			path:    "spec.accountSelector.matchExpressions[0].operator",
			accepts: []value{{"NotIn", "NotIn"}},
			refuses: []refusal{{"left out", absent, "Required value"}, {"in small letters", "in", `supported values: "In", "NotIn", "Exists", "DoesNotExist"`}},
		},
		field{
			path:    "spec.accountSelector.matchExpressions[0].values[0]",
			accepts: []value{{"another value", "Team_1.x"}, {"at its longest", strings.Repeat("v", 63)}},
			refuses: []refusal{{"with a space", "a b", badLabelValue}, {"ended by a hyphen", "a-", badLabelValue}},
		},
		field{
			path: "spec.env[0].name",
			accepts: []value{
				{"another name", "LOG_FORMAT"},
				{"with every sign that may stand in it", "_a-b.C9"},
				{"at its longest", strings.Repeat("A", 253)},
			},
			refuses: []refusal{
				{"left out", absent, "Required value"},
				{"empty", "", "at least 1 chars"},
				{"begun with a digit", "1ST", badVariable},
				{"with an equals sign", "A=B", badVariable},
				{"with a space", "A B", badVariable},
				{"over two lines", "A\nB", badVariable},
				{"with a letter beyond ASCII", "GRÖSSE", badVariable},
			},
		},
		field{
			path:    "spec.env[0].value",
			accepts: []value{{"another value", "info"}, {"empty", ""}, {"over two lines", "a\nb"}, {"at its longest", strings.Repeat("v", 65536)}},
		},
		objectName("spec.env[1].valueFrom.secretKeyRef.name"),
		key("spec.env[1].valueFrom.secretKeyRef.key"),
		field{path: "spec.env[1].valueFrom.secretKeyRef.optional", accepts: []value{{"true", true}}},
		objectName("spec.env[2].valueFrom.configMapKeyRef.name"),
		key("spec.env[2].valueFrom.configMapKeyRef.key"),
		field{path: "spec.env[2].valueFrom.configMapKeyRef.optional", accepts: []value{{"true", true}}},
		field{
			path:    "spec.envFrom[0].prefix",
			accepts: []value{{"another prefix", "B2_"}, {"with every sign that may stand in it", "_a-b.C9"}, {"empty", ""}},
			refuses: []refusal{
				{"begun with a digit", "1_", badVariable},
				{"with a space", "A ", badVariable},
			},
		},
		objectName("spec.envFrom[0].secretRef.name"),
		field{path: "spec.envFrom[0].secretRef.optional", accepts: []value{{"true", true}}},
		objectName("spec.envFrom[1].configMapRef.name"),
		field{path: "spec.envFrom[1].configMapRef.optional", accepts: []value{{"true", true}}},
		expression("spec.envFrom[0].keys.include[0]"),
		expression("spec.envFrom[0].keys.exclude[0]"),
		field{
			path: "spec.envFrom[2].secretSelector.matchLabels",
			accepts: []value{
				{"another label", map[string]any{"env": "test"}},
				{"a label without a value", map[string]any{"env": ""}},
				{"a label at its longest", map[string]any{longestLabel: strings.Repeat("v", 63)}},
			},
			refuses: []refusal{
				{"left out", absent, "Required value"},
				{"a label with a key longer than any", map[string]any{longestLabel + "k": "v"}, badLabel},
				{"a label with a value longer than any", map[string]any{"env": strings.Repeat("v", 64)}, badLabel},
				{"a label that can be, beside one that cannot", map[string]any{"env": "test", "team": strings.Repeat("v", 64)}, badLabel},
			},
		},
		field{
			path: "spec.dotenv[0].inline",
			accepts: []value{
				{"another text", "B=c"},
				{"over many lines", "# comment\r\n\nexport B='c'\nC=\"d\ne\"\n"},
				{"at its longest", strings.Repeat("#", 65536)},
				{"empty", ""},
			},
		},
		objectName("spec.dotenv[1].secretKeyRef.name"),
		key("spec.dotenv[1].secretKeyRef.key"),
		field{path: "spec.dotenv[1].secretKeyRef.optional", accepts: []value{{"true", true}}},
		objectName("spec.dotenv[2].configMapKeyRef.name"),
		key("spec.dotenv[2].configMapKeyRef.key"),
		field{path: "spec.dotenv[2].configMapKeyRef.optional", accepts: []value{{"true", true}}},
		field{
			path:    "spec.updatePolicy",
			accepts: []value{{"IfNotExists", "IfNotExists"}},
			refuses: []refusal{{"in small letters", "always", `supported values: "Always", "IfNotExists", ""`}},
		},
	),
	rules: []rule{
		{
			when: "it names an account and selects others",
			spec: "{accountRef: {name: alice}, accountSelector: {matchLabels: {team: vision}}}",
			at:   "spec", says: notOneAccount,
		},
		{when: "it is for no account", spec: "{env: [{name: A}]}", at: "spec", says: notOneAccount},
		{when: "its selector would choose every account", spec: "{accountSelector: {}}", at: "spec.accountSelector", says: "at least 1 properties"},
		{
			when: "its selector has no expression",
			spec: "{accountSelector: {matchExpressions: []}}", at: "spec.accountSelector.matchExpressions", says: "at least 1 items",
		},
		{
			when: "an expression has values that it does not compare with",
			spec: "{accountSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}",
			at:   "spec.accountSelector.matchExpressions[0]", says: badValues,
		},
		{
			when: "an expression lacks the values to compare with",
			spec: "{accountSelector: {matchExpressions: [{key: a, operator: NotIn, values: []}]}}",
			at:   "spec.accountSelector.matchExpressions[0]", says: badValues,
		},
		{when: "it selects accounts by expressions alone", spec: "{accountSelector: {matchExpressions: [{key: a, operator: Exists}]}}"},
		{
			when: "a variable has a value and a source",
			spec: "{accountRef: {name: alice}, env: [{name: A, value: b, valueFrom: {secretKeyRef: {name: s, key: k}}}]}",
			at:   "spec.env[0]", says: "give value or valueFrom, not both",
		},
		{
			when: "a variable has an empty value beside a source, as it may in a Pod",
			spec: `{accountRef: {name: alice}, env: [{name: A, value: "", valueFrom: {secretKeyRef: {name: s, key: k}}}]}`,
		},
		{
			when: "a variable has neither a value nor a source: it is empty, as in a Pod",
			spec: "{accountRef: {name: alice}, env: [{name: A}]}",
		},
		{
			when: "a variable comes from two sources",
			spec: "{accountRef: {name: alice}, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}, configMapKeyRef: {name: c, key: k}}}]}",
			at:   "spec.env[0].valueFrom", says: "exactly one of the fields in [secretKeyRef configMapKeyRef] must be set",
		},
		{
			when: "a variable comes from no source",
			spec: "{accountRef: {name: alice}, env: [{name: A, valueFrom: {}}]}",
			at:   "spec.env[0].valueFrom", says: "exactly one of the fields in [secretKeyRef configMapKeyRef] must be set",
		},
		{
			when: "an entry of envFrom names both a Secret and a ConfigMap",
			spec: "{accountRef: {name: alice}, envFrom: [{secretRef: {name: s}, configMapRef: {name: c}}]}",
			at:   "spec.envFrom[0]", says: notOneSource,
		},
		{
			when: "an entry of envFrom names a Secret and selects others",
			spec: "{accountRef: {name: alice}, envFrom: [{secretRef: {name: s}, secretSelector: {matchLabels: {a: b}}}]}",
			at:   "spec.envFrom[0]", says: notOneSource,
		},
		{
			when: "an entry of envFrom names nothing",
			spec: "{accountRef: {name: alice}, envFrom: [{prefix: A_, keys: {include: [a]}}]}",
			at:   "spec.envFrom[0]", says: notOneSource,
		},
		{
			when: "a label to select by is a number",
			spec: "{accountRef: {name: alice}, envFrom: [{secretSelector: {matchLabels: {a: 1}}}]}",
			at:   "spec.envFrom[0].secretSelector.matchLabels.a", says: "must be of type string",
		},
		{
			when: "an entry of dotenv is written out and taken from a Secret",
			spec: "{accountRef: {name: alice}, dotenv: [{inline: A=b, secretKeyRef: {name: s, key: k}}]}",
			at:   "spec.dotenv[0]", says: notOneText,
		},
		{
			when: "an entry of dotenv is written out as nothing, and taken from a Secret",
			spec: `{accountRef: {name: alice}, dotenv: [{inline: "", secretKeyRef: {name: s, key: k}}]}`,
		},
		{
			when: "an entry of dotenv is taken from both a Secret and a ConfigMap",
			spec: "{accountRef: {name: alice}, dotenv: [{secretKeyRef: {name: s, key: k}, configMapKeyRef: {name: c, key: k}}]}",
			at:   "spec.dotenv[0]", says: notOneText,
		},
		{
			when: "an entry of dotenv has no text",
			spec: "{accountRef: {name: alice}, dotenv: [{}]}",
			at:   "spec.dotenv[0]", says: notOneText,
		},
		{
			when: "two variables have one name",
			spec: "{accountRef: {name: alice}, env: [{name: A, value: b}, {name: A, value: c}]}",
			at:   "spec.env[1]", says: "Duplicate value",
		},
		{when: "the same Secret is taken twice", spec: "{accountRef: {name: alice}, envFrom: [{secretRef: {name: s}}, {prefix: A_, secretRef: {name: s}}]}"},
		{when: "the same text is taken twice", spec: "{accountRef: {name: alice}, dotenv: [{inline: A=b}, {inline: A=b}]}"},
		{when: "its lists are empty", spec: "{accountRef: {name: alice}, env: [], envFrom: [], dotenv: []}"},
		{when: "a choice of keys is empty", spec: "{accountRef: {name: alice}, envFrom: [{secretRef: {name: s}, keys: {}}]}"},
		{when: "the lists of a choice of keys are empty", spec: "{accountRef: {name: alice}, envFrom: [{secretRef: {name: s}, keys: {include: [], exclude: []}}]}"},
		{when: "it has no variables at all", spec: "{accountRef: {name: alice}}"},
	},
	fixed: []fixed{className("EnvVarSet"), accountRef("EnvVarSet"), accountChoice},
}

const (
	badVariable = "use letters, digits, '_', '-' and '.', not beginning with a digit"
	badName     = "write the name of an object: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit"
	badKey      = "write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	badLabel    = "write labels as a Secret has them: a key of at most 317 characters, such as team or example.com/team, and a value of at most 63"

	badAccountLabel = "write labels as an Account has them: a key of at most 317 characters, such as team or example.com/team, and a value of at most 63"
	badLabelKey     = "write the key of a label, such as team or example.com/team"
	badLabelValue   = "write the value of a label: letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"
	badValues       = "give values with In and NotIn, and none with Exists and DoesNotExist"

	notOneAccount = "exactly one of the fields in [accountRef accountSelector] must be set"

	notOneSource = "exactly one of the fields in [secretRef configMapRef secretSelector] must be set"
	notOneText   = "exactly one of the fields in [inline secretKeyRef configMapKeyRef] must be set"
)
