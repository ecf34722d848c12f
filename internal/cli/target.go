package cli

import (
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// object is one that the operator keeps the store equal to.
type object interface {
	client.Object
	Common() *v1alpha1.CommonSpec
	CommonStatus() *v1alpha1.CommonStatus
}

// kind is how a kind of object is written.
type kind struct {
	name     string // such as EnvVarSet
	resource string
	short    string
	empty    func() object
}

var (
	accountKind    = kind{"Account", "accounts", "acct", func() object { return &v1alpha1.Account{} }}
	setKind        = kind{"EnvVarSet", "envvarsets", "evs", func() object { return &v1alpha1.EnvVarSet{} }}
	connectionKind = kind{"CloudConnection", "cloudconnections", "cconn", func() object { return &v1alpha1.CloudConnection{} }}
	actionKind     = kind{name: "AccountAction", resource: "accountactions", short: "acctact"}
)

// reconciled are the kinds that have a life; an action has none.
var reconciled = []kind{accountKind, setKind, connectionKind}

// target is one object that an argument names.
type target struct {
	kind kind
	name string
}

func (t target) String() string { return strings.ToLower(t.kind.name) + "/" + t.name }

func account(name string) target { return target{accountKind, name} }

// parseTarget takes kind/name as kubectl does, the kind in singular, plural, short or with its group; a name alone is an
// Account's.
func parseTarget(arg string) (target, error) {
	word, name, found := strings.Cut(arg, "/")
	if !found {
		word, name = accountKind.short, arg
	}
	if name == "" || strings.Contains(name, "/") {
		return target{}, usagef("%q names no object; write kind/name, such as evs/training", arg)
	}
	word = strings.TrimSuffix(strings.ToLower(word), "."+v1alpha1.GroupVersion.Group)
	for _, k := range reconciled {
		if word == strings.ToLower(k.name) || word == k.resource || word == k.short {
			return target{k, name}, nil
		}
	}
	return target{}, usagef("%q is not a kind that this works on; write account (acct), envvarset (evs) or cloudconnection (cconn)", word)
}
