package probe

import "slices"

// rota is a list of names that take turns, each with what it stands for. The zero rota is empty.
type rota[T any] struct {
	names []string
	of    map[string]*T
}

// at is what the name stands for; a name that is new comes last.
func (r *rota[T]) at(name string) *T {
	if r.of == nil {
		r.of = map[string]*T{}
	}
	if r.of[name] == nil {
		r.of[name] = new(T)
		r.names = append(r.names, name)
	}
	return r.of[name]
}

func (r *rota[T]) drop(name string) {
	delete(r.of, name)
	r.names = slices.DeleteFunc(r.names, func(n string) bool { return n == name })
}

// turn offers the turn to one name after the other, and puts the one that takes it last. It reports whether one did.
func (r *rota[T]) turn(take func(name string, of *T) bool) bool {
	for i, name := range r.names {
		if take(name, r.of[name]) {
			r.names = append(slices.Delete(r.names, i, i+1), name)
			return true
		}
	}
	return false
}
