package v1alpha1_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// rule is one spec that is accepted, or refused at a field in these words. It is for what holds between fields.
type rule struct {
	when string
	spec string
	at   string
	says string
}

func TestRulesBetweenFields(t *testing.T) {
	for _, k := range kinds {
		for _, r := range k.rules {
			then := "accepted"
			if r.says != "" {
				then = "refused"
			}
			t.Run(fmt.Sprintf("given %s, when %s, then it is %s", k.name, r.when, then), func(t *testing.T) {
				err := submit(t, object(t, fmt.Sprintf("{kind: %s, spec: %s}", k.name, r.spec)))
				if r.says == "" {
					accepted(t, err)
					return
				}
				refused(t, err, r.at, r.says)
			})
		}
	}
}

// providers are all combinations of a connection's type and the members that are given with it.
func providers() []rule {
	members := map[string]string{
		"amazonS3":  "{bucket: data, region: eu, credentialsSecretRef: {name: s}}",
		"backblaze": "{bucket: data, region: us, credentialsSecretRef: {name: s}}",
		"dropbox":   "{credentialsSecretRef: {name: s}}",
	}
	var rules []rule
	for _, chosen := range []string{"AmazonS3", "Backblaze", "Dropbox"} {
		own := strings.ToLower(chosen[:1]) + chosen[1:]
		for _, given := range slices.Sorted(maps.Keys(members)) {
			r := rule{
				when: fmt.Sprintf("its type is %s and %s is given", chosen, given),
				spec: fmt.Sprintf("{accountRef: {name: alice}, type: %s, %s: %s}", chosen, given, members[given]),
			}
			if given != own {
				r.at, r.says = "spec", fmt.Sprintf("give %s with type %s, and only then", own, chosen)
			}
			rules = append(rules, r)
		}
		rules = append(rules, rule{
			when: fmt.Sprintf("its type is %s and nothing is given with it", chosen),
			spec: fmt.Sprintf("{accountRef: {name: alice}, type: %s}", chosen),
			at:   "spec", says: fmt.Sprintf("give %s with type %s, and only then", own, chosen),
		})
	}
	return append(rules, rule{
		when: "two providers are given",
		spec: fmt.Sprintf("{accountRef: {name: alice}, type: Dropbox, dropbox: %s, backblaze: %s}", members["dropbox"], members["backblaze"]),
		at:   "spec", says: "give backblaze with type Backblaze, and only then",
	})
}
