package cli

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/kinds"
)

// object is one that the operator keeps the store equal to.
type object interface {
	client.Object
	Common() *v1alpha1.CommonSpec
	CommonStatus() *v1alpha1.CommonStatus
}

var (
	accountKind, _ = kinds.Named("Account")
	actionKind, _  = kinds.Named("AccountAction")
)

// target is one object that an argument names.
type target struct {
	kind kinds.Kind
	name string
}

func (t target) String() string { return t.kind.Singular() + "/" + t.name }

func (t target) empty() object { return t.kind.New().(object) }

func account(name string) target { return target{accountKind, name} }

// parseTarget takes kind/name as kubectl does, the kind in singular, plural, short or with its group; a name alone is an
// Account's. Only what the store is kept equal to is taken: an action has no life.
func parseTarget(arg string) (target, error) {
	word, name, found := strings.Cut(arg, "/")
	if !found {
		word, name = accountKind.Short, arg
	}
	if name == "" || strings.Contains(name, "/") {
		return target{}, usagef("%q names no object; write kind/name, such as evs/training", arg)
	}
	word = strings.TrimSuffix(strings.ToLower(word), "."+v1alpha1.GroupVersion.Group)
	var known []string
	for _, k := range kinds.Claiming() {
		if slices.Contains([]string{k.Singular(), k.Resource(), k.Short}, word) {
			return target{k, name}, nil
		}
		known = append(known, fmt.Sprintf("%s (%s)", k.Singular(), k.Short))
	}
	last := len(known) - 1
	return target{}, usagef("%q is not a kind that this works on; write %s or %s", word, strings.Join(known[:last], ", "), known[last])
}
