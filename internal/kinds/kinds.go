// Package kinds lists the kinds of this operator. Whatever is made for each kind is made from this list.
package kinds

import (
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// Kind is one of them.
type Kind struct {
	Name store.Kind
	// Short is the short name of its resource, for those who type it.
	Short string
	// New and NewList make an empty object, and an empty list of objects.
	New     func() client.Object
	NewList func() client.ObjectList
	// Claims reports whether an object of the kind holds rows in the store by a claim, and what it applied is recorded there.
	Claims bool
	// OfAccount reports whether an object of the kind belongs to an Account, so that it is enqueued when the Account's row is made.
	OfAccount bool
}

// Singular is how commands name the kind.
func (k Kind) Singular() string { return strings.ToLower(string(k.Name)) }

// Resource is how URLs and roles name it.
func (k Kind) Resource() string { return k.Singular() + "s" }

// All are the kinds, in the order in which they need each other.
var All = []Kind{
	{
		Name: store.KindAccount, Short: "acct", Claims: true,
		New:     func() client.Object { return &v1alpha1.Account{} },
		NewList: func() client.ObjectList { return &v1alpha1.AccountList{} },
	},
	{
		Name: store.KindEnvVarSet, Short: "evs", Claims: true, OfAccount: true,
		New:     func() client.Object { return &v1alpha1.EnvVarSet{} },
		NewList: func() client.ObjectList { return &v1alpha1.EnvVarSetList{} },
	},
	{
		Name: store.KindCloudConnection, Short: "cconn", Claims: true, OfAccount: true,
		New:     func() client.Object { return &v1alpha1.CloudConnection{} },
		NewList: func() client.ObjectList { return &v1alpha1.CloudConnectionList{} },
	},
	{
		Name: store.KindSSHKey, Short: "sshk", Claims: true, OfAccount: true,
		New:     func() client.Object { return &v1alpha1.SSHKey{} },
		NewList: func() client.ObjectList { return &v1alpha1.SSHKeyList{} },
	},
	{
		Name: store.KindAccountAction, Short: "acctact", OfAccount: true,
		New:     func() client.Object { return &v1alpha1.AccountAction{} },
		NewList: func() client.ObjectList { return &v1alpha1.AccountActionList{} },
	},
}

// Claiming are the kinds whose objects hold rows in the store.
func Claiming() []Kind { return only(func(k Kind) bool { return k.Claims }) }

// OfAccount are the kinds whose objects belong to an Account.
func OfAccount() []Kind { return only(func(k Kind) bool { return k.OfAccount }) }

func only(which func(Kind) bool) []Kind {
	return slices.DeleteFunc(slices.Clone(All), func(k Kind) bool { return !which(k) })
}

// Named is the kind of this name, and whether there is one.
func Named(name store.Kind) (Kind, bool) {
	i := slices.IndexFunc(All, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return All[i], true
}
