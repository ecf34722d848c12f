package scenarios

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// What values come from: two Secrets of which sets take a key, the Secret of all connections, and a Secret and a ConfigMap that
// sets take whole or by keys.
const (
	keysName  = "k"
	wholeName = "m"
	mapName   = "n"
	token     = "token" // the only key of those that are not taken whole
)

// modelSource is a Secret or a ConfigMap: a version that it never had before, and how long the value of each key is.
type modelSource struct {
	version int
	keys    map[string]int
}

func (o *modelSource) mark(name string) string { return fmt.Sprintf("%s at %d", name, o.version) }

// isGone reports whether a source that is taken whole is gone, or emptied, which is the same.
func (o *modelSource) isGone() bool { return o == nil || len(o.keys) == 0 }

// modelFrom is a source that is taken whole.
type modelFrom struct {
	source, prefix string
	optional       bool
}

// desiredValue is what a set wants of a name: how long its value is, and what it is remembered by.
type desiredValue struct {
	size int
	mark string
}

// wishes says what a set wants, and whether anything is missing that it takes values from.
func (m *historyModel) desiredVars(s *modelSet) (want map[string]desiredValue, missing bool) {
	want = map[string]desiredValue{}
	for _, f := range s.from {
		o := m.sources[f.source]
		if o.isGone() {
			missing = missing || !f.optional
			continue
		}
		for key, size := range o.keys {
			want[f.prefix+key] = desiredValue{size, o.mark(f.source)}
		}
	}
	for name, v := range s.env {
		o := m.sources[v.source]
		size, there := 0, false
		if o != nil {
			size, there = o.keys[v.key]
		}
		switch {
		case v.source == "":
			want[name] = desiredValue{v.size, fmt.Sprint(v.size)}
		case there:
			want[name] = desiredValue{size, o.mark(v.source)}
		default:
			missing = missing || !v.optional
		}
	}
	return want, missing
}

func (m *historyModel) desired(set, name string) (w desiredValue, wants bool) {
	want, _ := m.desiredVars(m.sets[set])
	w, wants = want[name]
	return w, wants
}

func (m *historyModel) lacks(s *modelSet) bool {
	_, missing := m.desiredVars(s)
	return missing
}

// source is the object. Credentials are stored as base64: three bytes more are four there.
func (t *history) source(name string, keys map[string]int) client.Object {
	var obj client.Object
	switch name {
	case mapName:
		c := &corev1.ConfigMap{ObjectMeta: named(t.id(name)), Data: map[string]string{}}
		for key, size := range keys {
			c.Data[key] = padded(size)
		}
		obj = c
	case keysName:
		obj = secret(t.id(name), "access-key-id", strings.Repeat("x", 3*keys[token]), "secret-access-key", "")
	default:
		s := secret(t.id(name))
		for key, size := range keys {
			s.Data[key] = []byte(padded(size))
		}
		obj = s
	}
	obj.SetNamespace(t.ns)
	return obj
}

// someKeys are those of a source that is made.
func (t *history) someKeys(name string) map[string]int {
	keys := map[string]int{}
	if name != wholeName && name != mapName {
		keys[token] = t.longer()
		return keys
	}
	for range t.chance.IntN(4) {
		keys[t.someName()] = t.longer()
	}
	return keys
}

// otherKeys are those of a source that changes: one is another, comes or goes.
func (t *history) otherKeys(name string) map[string]int {
	keys := maps.Clone(t.model.sources[name].keys)
	names := slices.Sorted(maps.Keys(keys))
	switch {
	case name != wholeName && name != mapName:
		keys[token] = t.longer()
	case len(names) > 0 && t.odds(3):
		delete(keys, t.one(names...))
	default:
		keys[t.someName()] = t.longer()
	}
	return keys
}

func contents(keys map[string]int) string {
	var words []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		words = append(words, fmt.Sprintf("%s of %d bytes", key, keys[key]))
	}
	return strings.Join(words, ", ")
}

const allSources = "s t k m n"

// changesSource gives a source other values, or other keys.
func (t *history) changesSource() *step {
	name := pick(t, t.model.sources, true, allSources, nil)
	if name == "" {
		return nil
	}
	next := &modelSource{t.longer(), t.otherKeys(name)}
	return &step{what: "change " + name + " to " + contents(next.keys), certain: t.lessens(name, next), does: func() {
		obj := t.source(name, next.keys)
		now := obj.DeepCopyObject().(client.Object)
		t.must(t.api.Get(context.Background(), client.ObjectKeyFromObject(obj), now))
		obj.SetResourceVersion(now.GetResourceVersion())
		t.must(t.api.Update(context.Background(), obj))
		t.model.sources[name] = next
	}}
}

// lessens reports whether some set lacks something once a source is another, and did not before. Of a set that is written no more,
// what it holds from then on is what it held before.
func (t *history) lessens(name string, next *modelSource) bool {
	after := *t.model
	after.sources = maps.Clone(after.sources)
	after.sources[name] = next
	for _, s := range t.model.sets {
		if after.lacks(s) && !t.model.lacks(s) {
			return true
		}
	}
	return false
}

func (t *history) losesSource() *step {
	name := pick(t, t.model.sources, true, allSources, nil)
	if name == "" {
		return nil
	}
	return &step{what: "delete " + name, certain: true, does: func() {
		t.delete(t.source(name, nil))
		delete(t.model.sources, name)
	}}
}

func (t *history) bringsSource() *step {
	name := pick(t, t.model.sources, false, allSources, nil)
	if name == "" {
		return nil
	}
	next := &modelSource{t.longer(), t.someKeys(name)}
	return &step{what: "make " + name + " of " + contents(next.keys), does: func() {
		t.create(t.source(name, next.keys))
		t.model.sources[name] = next
	}}
}
