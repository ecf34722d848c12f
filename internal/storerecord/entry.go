// Package storerecord keeps in the cluster which store its objects were made in, so that a manager that is led to another
// one, or to an older state of its own, does not take what is missing there for what is to be made again, or is gone.
package storerecord

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/store"
)

// Label marks a ConfigMap as such a record.
const Label = "account-operator.io/record"

// of is the value of Label.
const of = "store"

// The keys of a record.
const (
	keyID          = "storeID"
	keyIncarnation = "incarnation"
	keyMark        = "mark"
	keyNewest      = "newestWrite"
	keyFormer      = "formerStores"
	keyClass       = "class"
	keyNamespaces  = "watchNamespaces"
)

// entry is what one record says.
type entry struct {
	at     client.ObjectKey
	known  store.Identity
	former []string // stores that were given up for this one
	scope  Scope
}

// Scope says for which objects a record speaks.
type Scope struct {
	Class      string
	Namespaces []string // none: all
}

// overlaps reports whether an object may be in both.
func (s Scope) overlaps(other Scope) bool {
	return s.Class == other.Class && (len(s.Namespaces) == 0 || len(other.Namespaces) == 0 ||
		slices.ContainsFunc(s.Namespaces, func(n string) bool { return slices.Contains(other.Namespaces, n) }))
}

// read makes an entry of a record. What another client made unreadable counts as not there, but for the store's ID: nothing may
// be refused for a number that is malformed.
func read(m *corev1.ConfigMap) entry {
	number := func(key string) int64 {
		n, err := strconv.ParseInt(m.Data[key], 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	return entry{
		at: client.ObjectKeyFromObject(m),
		known: store.Identity{
			ID: m.Data[keyID], Incarnation: number(keyIncarnation), Mark: number(keyMark), Newest: store.ParseCommit(m.Data[keyNewest]),
		},
		former: strings.Fields(m.Data[keyFormer]),
		scope:  Scope{Class: m.Data[keyClass], Namespaces: strings.Fields(m.Data[keyNamespaces])},
	}
}

// write puts an entry into its record, and leaves what else stands there.
func (e entry) write(m *corev1.ConfigMap) {
	if m.Labels == nil {
		m.Labels = map[string]string{}
	}
	m.Labels[Label] = of
	if m.Data == nil {
		m.Data = map[string]string{}
	}
	m.Data[keyID], m.Data[keyNewest] = e.known.ID, e.known.Newest.String()
	m.Data[keyIncarnation], m.Data[keyMark] = strconv.FormatInt(e.known.Incarnation, 10), strconv.FormatInt(e.known.Mark, 10)
	m.Data[keyFormer] = strings.Join(e.former, " ")
	m.Data[keyClass], m.Data[keyNamespaces] = e.scope.Class, strings.Join(e.scope.Namespaces, " ")
}

// judge refuses a store that is not the one in which the cluster's objects were made. It is pure.
func judge(is store.Identity, entries []entry, given []string) error {
	for _, e := range entries {
		if e.known.ID != "" && e.known.ID != is.ID && !slices.Contains(given, e.known.ID) {
			return another(is, e)
		}
	}
	return nil
}

func another(is store.Identity, e entry) error {
	leads := "another one, " + is.ID
	if is.ID == "" {
		leads = "an empty database"
	}
	return &store.StartupError{
		Problem: fmt.Sprintf("the objects of this cluster were made in the store %s (so says the ConfigMap %s), and --store leads to %s",
			e.known.ID, e.at, leads),
		NextStep: fmt.Sprintf("lead it to the right store; only if that one is lost or given up for good, start once with --new-store=%s: "+
			"accounts are then made anew, with new IDs and mails to their holders, and deletions under way wait, with the reason AnotherStore", e.known.ID),
	}
}
