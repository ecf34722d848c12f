package e2e_test

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

const mib = 1 << 20

// hostileSources are the largest objects of each shape that the API server takes.
func hostileSources() []client.Object {
	var all []client.Object
	for n := range 16 {
		all = append(all,
			&corev1.ConfigMap{ObjectMeta: named(fmt.Sprint("large-", n)), Data: map[string]string{fmt.Sprint("LARGE_", n): strings.Repeat("x", mib-1000)}},
			// A set can hold all of these: 1 MiB less what names take.
			&corev1.Secret{ObjectMeta: named(fmt.Sprint("full-", n)), Data: stuffed(fmt.Sprintf("FULL_%d", n), 16, 60<<10)})
	}
	keys := map[string]string{}
	for n := range 90_000 {
		keys[fmt.Sprintf("k%x", n)] = ""
	}
	return append(all,
		&corev1.ConfigMap{ObjectMeta: named("many-keys"), Data: keys},
		&corev1.Secret{ObjectMeta: named("selected"), Data: map[string][]byte{"KEY": []byte(canary)}},
		&corev1.Secret{ObjectMeta: named("pasted"), Data: map[string][]byte{"env": []byte(manyLines(mib - 100))}})
}

func stuffed(prefix string, keys, bytes int) map[string][]byte {
	data := map[string][]byte{}
	for n := range keys {
		data[fmt.Sprintf("%s_%d", prefix, n)] = []byte(strings.Repeat("v", bytes))
	}
	return data
}

// manyLines is a text of so many bytes at most with as many variables as fit.
func manyLines(bytes int) string {
	var text strings.Builder
	for n := 0; text.Len() < bytes-10; n++ {
		fmt.Fprintf(&text, "a%x=\n", n)
	}
	return text.String()
}

// longest is a name of 253 characters that ends with a number.
func longest(n int) string {
	end := fmt.Sprint("_", n)
	return strings.Repeat("N", 253-len(end)) + end
}

// hostileSets are sets that are as dear as the schema allows, each in another way.
var hostileSets = []func(*v1alpha1.EnvVarSetSpec){
	func(s *v1alpha1.EnvVarSetSpec) { // as many and as dear expressions as there may be
		s.EnvFrom = manyFrom(func(int) v1alpha1.EnvFromSource {
			return v1alpha1.EnvFromSource{
				SecretSelector: &v1alpha1.SecretSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "x"}}, Keys: dear(),
			}
		})
	},
	func(s *v1alpha1.EnvVarSetSpec) { // the same of an object that is there
		s.EnvFrom = manyFrom(func(int) v1alpha1.EnvFromSource {
			return v1alpha1.EnvFromSource{SecretRef: &v1alpha1.ObjectSelector{Name: "selected"}, Keys: dear()}
		})
	},
	func(s *v1alpha1.EnvVarSetSpec) { // as much to read as there may be
		s.EnvFrom = manyFrom(func(n int) v1alpha1.EnvFromSource {
			return v1alpha1.EnvFromSource{ConfigMapRef: &v1alpha1.ObjectSelector{Name: fmt.Sprint("large-", n)}}
		})
	},
	func(s *v1alpha1.EnvVarSetSpec) { // very many keys, of which none is taken
		s.EnvFrom = manyFrom(func(int) v1alpha1.EnvFromSource {
			return v1alpha1.EnvFromSource{ConfigMapRef: &v1alpha1.ObjectSelector{Name: "many-keys"}, Keys: v1alpha1.KeyFilter{Include: []string{"(x?y?z?){9}Q$"}}}
		})
	},
	func(s *v1alpha1.EnvVarSetSpec) { // texts of as many variables as there may be
		for range 16 {
			s.Dotenv = append(s.Dotenv, v1alpha1.DotenvSource{SecretKeyRef: &v1alpha1.KeySelector{Name: "pasted", Key: "env"}})
		}
	},
	func(s *v1alpha1.EnvVarSetSpec) { // the same written out
		for range 16 {
			s.Dotenv = append(s.Dotenv, v1alpha1.DotenvSource{Inline: manyLines(64 << 10)})
		}
	},
	func(s *v1alpha1.EnvVarSetSpec) { // values written out, as many and as long as an object can hold
		for n := range 256 {
			s.Env = append(s.Env, v1alpha1.EnvVar{Name: longest(n), Value: new(strings.Repeat("v", 3800))})
		}
	},
	func(s *v1alpha1.EnvVarSetSpec) { // as many references as there may be, by the longest names
		for n := range 256 {
			s.Env = append(s.Env, v1alpha1.EnvVar{Name: longest(n), ValueFrom: &v1alpha1.EnvVarSource{
				SecretKeyRef: &v1alpha1.KeySelector{Name: strings.ToLower(strings.ReplaceAll(longest(n), "_", "-")), Key: longest(0), Optional: true},
			}})
		}
	},
}

func manyFrom(of func(n int) v1alpha1.EnvFromSource) (all []v1alpha1.EnvFromSource) {
	for n := range 16 {
		all = append(all, of(n))
	}
	return all
}

// dear are 32 expressions of 256 characters that stand for 248,000 instructions each.
func dear() (k v1alpha1.KeyFilter) {
	for range 16 {
		k.Include = append(k.Include, "("+strings.Repeat("a", 248)+"){1000}")
		k.Exclude = append(k.Exclude, "(?i)["+strings.Repeat(`A-\x{1E942}`, 22)+"]")
	}
	return k
}

// fullSet takes a whole MiB, which is as much as a set may have: it is right, and large.
func fullSet(name, account string, n int) *v1alpha1.EnvVarSet {
	s := &v1alpha1.EnvVarSet{ObjectMeta: named(name), Spec: v1alpha1.EnvVarSetSpec{AccountRef: v1alpha1.AccountReference{Name: account}}}
	s.Spec.EnvFrom = []v1alpha1.EnvFromSource{{SecretRef: &v1alpha1.ObjectSelector{Name: fmt.Sprint("full-", n)}}}
	return s
}

// hostileAccount has each text and list as long as the schema allows.
func hostileAccount(n int) *v1alpha1.Account {
	name := fmt.Sprint("hostile-", n)
	a := account(strings.Repeat("n", 63-len(name)) + name)
	long := func(n int) *v1alpha1.Line { return new(v1alpha1.Line(strings.Repeat("ü", n))) }
	a.Spec.Username = new(v1alpha1.Line(strings.Repeat("u", 64-len(name)) + name))
	a.Spec.Invoice = v1alpha1.Invoice{Name: long(128), Company: long(128), TaxID: long(64), PurchaseOrder: long(64), Address: v1alpha1.PostalAddress{
		Line1: long(128), Line2: long(128), City: long(128), Region: long(64), PostalCode: long(16),
	}}
	for i := range 64 {
		event := fmt.Sprint("e", i)
		a.Spec.Notifications.Events = append(a.Spec.Notifications.Events, v1alpha1.EventNotification{Type: event, Email: "Enabled"})
	}
	return a
}

// hostileMeta fills an object's metadata: labels and annotations as far as the API server lets them grow.
func hostileMeta(o client.Object) client.Object {
	labels := map[string]string{}
	for n := range 500 {
		labels[fmt.Sprintf("label-%d.example.com/%s", n, strings.Repeat("l", 60))] = strings.Repeat("v", 63)
	}
	o.SetLabels(labels)
	o.SetAnnotations(map[string]string{"note": strings.Repeat("x", 250<<10), metav1.NamespaceDefault: ""})
	return o
}
