package controller

import (
	"context"

	"k8s.io/client-go/util/workqueue"

	"github.com/account-operator/account-operator/internal/store"
)

// recounts are the Accounts whose status has to tell anew how much they have, each when it is time. The first change sets the time;
// what follows until then is told with it, and a pass that comes in between for another reason need not look at the rows.
type recounts = workqueue.TypedDelayingInterface[store.Claim]

func newRecounts() recounts { return workqueue.NewTypedDelayingQueue[store.Claim]() }

// recount makes an Account look at its rows a little later: the number of what it has changed.
func (l *leading) recount(account store.Claim) { l.recounts.AddAfter(account, l.pace.Recount) }

// recountDue has those Accounts look whose time has come, until ctx ends.
func (l *leading) recountDue(ctx context.Context) {
	go func() {
		<-ctx.Done()
		l.recounts.ShutDown()
	}()
	for {
		account, ended := l.recounts.Get()
		if ended {
			return
		}
		l.lookAt(account)
		l.recounts.Done(account)
	}
}
