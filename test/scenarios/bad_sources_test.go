package scenarios

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// filled holds so many keys with so many bytes each.
func filled(keys, bytes int) map[string][]byte {
	data := map[string][]byte{}
	for n := range keys {
		data[fmt.Sprintf("KEY_%d", n)] = []byte((canary + strings.Repeat("x", bytes))[:bytes])
	}
	return data
}

var bad = map[string]struct {
	set    func(*v1alpha1.EnvVarSet) // nil: only the Secret is bad
	data   map[string][]byte         // nil: only the set is bad
	reason v1alpha1.Reason
	shown  []string
}{
	"a Secret of a MiB": {
		data: filled(16, 64<<10), reason: v1alpha1.ReasonLimitExceeded, shown: []string{"1048", "more than 1048576", "split"},
	},
	"a value of a MiB": {
		data: filled(1, 1<<20), reason: v1alpha1.ReasonLimitExceeded, shown: []string{"KEY_0", "Secret/src", "65536"},
	},
	"5,000 keys": {
		data: filled(5000, 16), reason: v1alpha1.ReasonLimitExceeded, shown: []string{"more than 1024 names"},
	},
	"a binary value": {
		data:   map[string][]byte{"KEY_0": []byte(canary + "\x00\x01\xff")},
		reason: v1alpha1.ReasonSourceInvalid, shown: []string{"KEY_0", "Secret/src", "base64"},
	},
	"a key that is no name": {
		data:   map[string][]byte{"0-is-no-letter": []byte(canary)},
		reason: v1alpha1.ReasonSourceInvalid, shown: []string{`"0-is-no-letter"`, "Secret/src"},
	},
	"two spellings that the store takes for one": {
		data:   map[string][]byte{"key_0": []byte(canary), "Key_0": []byte(canary)},
		reason: v1alpha1.ReasonSourceInvalid, shown: []string{"Key_0 (Secret/src)", "key_0 (Secret/src)"},
	},
	"another spelling of a name written out": {
		data:   map[string][]byte{"mode": []byte(canary)},
		reason: v1alpha1.ReasonSourceInvalid, shown: []string{"MODE (env)", "mode (Secret/src)"},
	},
	"an expression that RE2 does not understand": {
		set:    func(e *v1alpha1.EnvVarSet) { e.Spec.EnvFrom[0].Keys.Exclude = []string{"^OLD_", "(?<=x)y"} },
		reason: v1alpha1.ReasonSourceInvalid, shown: []string{"envFrom[0].keys.exclude[1]", "RE2"},
	},
	"a selector that chooses nothing": {
		set: func(e *v1alpha1.EnvVarSet) {
			e.Spec.EnvFrom[0] = v1alpha1.EnvFromSource{SecretSelector: &v1alpha1.SecretSelector{MatchLabels: map[string]string{"of": "nobody"}}}
		},
		reason: v1alpha1.ReasonSourceMissing, shown: []string{"envFrom[0].secretSelector", "of=nobody"},
	},
	"pasted text that does not end": {
		set:    func(e *v1alpha1.EnvVarSet) { e.Spec.Dotenv = []v1alpha1.DotenvSource{{Inline: "A=1\nB='" + canary}} },
		reason: v1alpha1.ReasonSourceInvalid, shown: []string{"dotenv[0]", "line 2, column 3"},
	},
}

func TestSource_Invalid_IsNamedAndRowsStay(t *testing.T) {
	for name, c := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newFoldingScenario(t)
			src, set := &corev1.Secret{ObjectMeta: named("src"), Data: filled(1, 20)}, envVarSet("base", "alice", value("MODE", "1"))
			set.Spec.EnvFrom = []v1alpha1.EnvFromSource{{SecretRef: &v1alpha1.ObjectSelector{Name: "src"}}}
			s.create(account("alice", email), src, set)
			s.becomesReady(set)
			versions := func() int { return s.count(`SELECT sum(version) FROM env_vars`) }
			before, good := versions(), set.Spec.DeepCopy()

			if c.set != nil {
				change(s, set, c.set)
			} else {
				change(s, src, func(o *corev1.Secret) { o.Data = c.data })
			}
			message := s.becomes(set, metav1.ConditionFalse, c.reason)

			for _, part := range c.shown {
				if !strings.Contains(message, part) {
					t.Errorf("the message does not show %s: %s", part, message)
				}
			}
			if !s.has(set, v1alpha1.ConditionStalled) && c.reason != v1alpha1.ReasonSourceMissing {
				t.Error("not Stalled, though only a change by a user helps")
			}
			if diff := s.namesDiffer("KEY_0", "MODE"); diff != "" || versions() != before {
				t.Errorf("what was there was touched: %s", diff)
			}

			change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec = *good })
			change(s, src, func(o *corev1.Secret) { o.Data = filled(1, 20) })
			s.becomesReady(set)
			if versions() != before {
				t.Error("what was there was written again")
			}
		})
	}
}
