package probe

import (
	"context"
	"slices"
)

// Shares are how many probes there may be at once: in all, for one namespace and at one host.
type Shares struct{ Total, Namespace, Host int }

// Request asks for one probe. A newer one of the same ID takes the place of the older.
type Request struct {
	ID              string
	Namespace, Host string
	// Do probes. It ends early when its context does: the request was cancelled or replaced.
	Do func(context.Context)
}

// queue says whose turn it is. Namespaces take turns, and within one its hosts do: however many requests a namespace
// brings, and whatever hosts they hang at, another's wait no longer for it than its share lasts.
type queue struct {
	shares      Shares
	namespaces  rota[rota[line]]
	waiting     map[string]*Request // by ID
	inNamespace map[string]int      // taken and not done
	atHost      map[string]int
}

// line is what waits for one host in one namespace, the oldest first.
type line []*Request

func newQueue(s Shares) *queue {
	return &queue{shares: s, waiting: map[string]*Request{}, inNamespace: map[string]int{}, atHost: map[string]int{}}
}

// add puts a request at the end of its line, or in the place of the one that it replaces.
func (q *queue) add(r Request) {
	if before, ok := q.waiting[r.ID]; ok && before.Namespace == r.Namespace && before.Host == r.Host {
		*before = r
		return
	}
	q.remove(r.ID)
	q.waiting[r.ID] = &r
	l := q.namespaces.at(r.Namespace).at(r.Host)
	*l = append(*l, &r)
}

func (q *queue) remove(id string) {
	r, ok := q.waiting[id]
	if !ok {
		return
	}
	l := q.namespaces.at(r.Namespace).at(r.Host)
	*l = slices.DeleteFunc(*l, func(other *Request) bool { return other == r })
	q.left(r)
}

// take is the request whose turn it is and that no share holds back; nil if there is none. The caller says when it is done.
func (q *queue) take() *Request {
	var taken *Request
	q.namespaces.turn(func(namespace string, hosts *rota[line]) bool {
		return q.inNamespace[namespace] < q.shares.Namespace && hosts.turn(func(host string, l *line) bool {
			if q.atHost[host] >= q.shares.Host {
				return false
			}
			taken, *l = (*l)[0], (*l)[1:]
			return true
		})
	})
	if taken != nil {
		q.left(taken)
		q.inNamespace[taken.Namespace]++
		q.atHost[taken.Host]++
	}
	return taken
}

// left forgets a request that left its line, and who has nothing waiting any more.
func (q *queue) left(r *Request) {
	delete(q.waiting, r.ID)
	hosts := q.namespaces.at(r.Namespace)
	if len(*hosts.at(r.Host)) == 0 {
		hosts.drop(r.Host)
	}
	if len(hosts.names) == 0 {
		q.namespaces.drop(r.Namespace)
	}
}

// done gives back the shares of a request that was taken.
func (q *queue) done(r *Request) {
	release(q.inNamespace, r.Namespace)
	release(q.atHost, r.Host)
}

func release(shares map[string]int, name string) {
	if shares[name]--; shares[name] == 0 {
		delete(shares, name)
	}
}
