package fairqueue

import "container/heap"

// member knows where in a sorted it is, or that it is in none.
type member[T any] interface {
	before(T) bool
	place() *int
}

// absent is the place of what is in no sorted.
const absent = -1

// sorted is a heap whose members may change their place.
type sorted[T member[T]] []T

func (s *sorted[T]) add(m T)    { heap.Push(s, m) }
func (s *sorted[T]) remove(m T) { heap.Remove(s, *m.place()) }
func (s *sorted[T]) moved(m T)  { heap.Fix(s, *m.place()) }

// Len implements heap.Interface, as do the others.
func (s *sorted[T]) Len() int { return len(*s) }

func (s *sorted[T]) Less(i, j int) bool { return (*s)[i].before((*s)[j]) }

func (s *sorted[T]) Swap(i, j int) {
	(*s)[i], (*s)[j] = (*s)[j], (*s)[i]
	*(*s)[i].place(), *(*s)[j].place() = i, j
}

func (s *sorted[T]) Push(m any) {
	*m.(T).place() = len(*s)
	*s = append(*s, m.(T))
}

func (s *sorted[T]) Pop() any {
	last := len(*s) - 1
	m := (*s)[last]
	(*s)[last], *s = *new(T), (*s)[:last]
	*m.place() = absent
	return m
}
