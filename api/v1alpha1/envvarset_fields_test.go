package v1alpha1_test

import "strings"

// longestLabel is the longest key of a label that there may be: 253 characters, a slash, and 63 more.
var longestLabel = strings.Repeat("k", 253) + "/" + strings.Repeat("k", 63)

// objectName is the name of another object of the same namespace.
func objectName(path string) field {
	return field{
		path:    path,
		accepts: []value{{"another name", "other"}, {"dotted", "a-1.b-2"}, {"one digit", "1"}},
		refuses: []refusal{
			{"left out", absent, "Required value"},
			{"empty", "", "at least 1 chars"},
			{"in capitals", "Other", badName},
			{"with a slash", "other/name", badName},
			{"the way to another folder", "../other", badName},
			{"begun with a hyphen", "-other", badName},
			{"ended by a dot", "other.", badName},
			{"ended by a line feed", "other\n", badName},
		},
	}
}

// key is a key of a Secret or ConfigMap.
func key(path string) field {
	return field{
		path:    path,
		accepts: []value{{"another key", ".Other_key-1"}},
		refuses: []refusal{
			{"empty", "", "at least 1 chars"},
			{"with a slash", "a/b", badKey},
			{"with a space", "a b", badKey},
			{"ended by a line feed", "a\n", badKey},
		},
	}
}

// expression chooses keys. The controller compiles it, and reports in the status what is no regular expression.
func expression(path string) field {
	return field{
		path:    path,
		accepts: []value{{"another expression", "^[A-Z]+(_[0-9])?$"}, {"at its longest", strings.Repeat("é", 256)}},
		refuses: []refusal{{"empty", "", "at least 1 chars"}},
	}
}
