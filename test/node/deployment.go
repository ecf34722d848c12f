package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// restartAfter is how long a Pod that ended stays down.
const restartAfter = time.Second

// deployment is what runs of one. Why it does not run whole is waiting.
type deployment struct {
	generation int64
	pods       []*Pod
	waiting    string
	notBefore  time.Time
	ended      string // what the Pod printed that ended last
}

// Sync brings what runs nearer to the Deployments that there are, and their status to what runs: it starts, stops and restarts Pods, and
// waits for none of them to become ready. It is to be called again and again. A new Pod comes after the old one went.
func (n *Node) Sync(ctx context.Context) error {
	var all appsv1.DeploymentList
	if err := n.api.List(ctx, &all); err != nil {
		return err
	}
	gone := map[types.UID]bool{}
	for uid := range n.deployments {
		gone[uid] = true
	}
	for i := range all.Items {
		delete(gone, all.Items[i].UID)
		if err := n.sync(ctx, &all.Items[i]); err != nil {
			return err
		}
	}
	for uid := range gone {
		if err := n.deployments[uid].stop(); err != nil {
			return err
		}
		delete(n.deployments, uid)
	}
	return n.releaseClaims(ctx, all.Items)
}

func (n *Node) sync(ctx context.Context, o *appsv1.Deployment) error {
	d := n.deployments[o.UID]
	if d == nil {
		d = &deployment{}
		n.deployments[o.UID] = d
	}
	if d.generation != o.Generation {
		if err := d.stop(); err != nil {
			return err
		}
		*d = deployment{generation: o.Generation}
	}
	if err := d.bury(); err != nil {
		return err
	}
	for len(d.pods) < int(*o.Spec.Replicas) && time.Now().After(d.notBefore) {
		p, err := n.Start(ctx, o.Namespace, o.Spec.Template.Spec)
		if err != nil {
			d.waiting, d.notBefore = err.Error(), time.Now().Add(restartAfter)
			break
		}
		d.waiting, d.pods = "", append(d.pods, p)
	}
	return n.tell(ctx, o, d)
}

// bury takes away the Pods that have ended, and keeps what the last of them printed.
func (d *deployment) bury() error {
	var alive []*Pod
	for _, p := range d.pods {
		select {
		case <-p.Done():
			var err error
			if d.ended, err = p.Printed(); err != nil {
				return err
			}
			d.notBefore = time.Now().Add(restartAfter)
		default:
			alive = append(alive, p)
		}
	}
	d.pods = alive
	return nil
}

func (d *deployment) stop() error {
	var errs []error
	for _, p := range d.pods {
		errs = append(errs, p.Stop())
	}
	d.pods = nil
	return errors.Join(errs...)
}

// tell writes the status of a Deployment as its controller would.
func (n *Node) tell(ctx context.Context, o *appsv1.Deployment, d *deployment) error {
	running, ready := int32(len(d.pods)), int32(0)
	for _, p := range d.pods {
		if p.Ready(ctx) == nil {
			ready++
		}
	}
	available, progressing := corev1.ConditionFalse, "ReplicaSetUpdated"
	if ready == *o.Spec.Replicas {
		available, progressing = corev1.ConditionTrue, "NewReplicaSetAvailable"
	}
	before := o.DeepCopy()
	o.Status = appsv1.DeploymentStatus{
		ObservedGeneration: o.Generation, Replicas: running, UpdatedReplicas: running, ReadyReplicas: ready, AvailableReplicas: ready,
		Conditions: []appsv1.DeploymentCondition{
			{Type: appsv1.DeploymentAvailable, Status: available, Reason: "Counted", LastUpdateTime: o.CreationTimestamp, LastTransitionTime: o.CreationTimestamp},
			{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: progressing, LastUpdateTime: o.CreationTimestamp, LastTransitionTime: o.CreationTimestamp},
		},
	}
	if apiequality.Semantic.DeepEqual(before.Status, o.Status) {
		return nil
	}
	return client.IgnoreNotFound(n.api.Status().Patch(ctx, o, client.MergeFrom(before)))
}

// Waiting says why a Deployment's Pods do not run, or nothing. What ended by itself is explained by the last line that it printed.
func (n *Node) Waiting(ctx context.Context, namespace, name string) (string, error) {
	o := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	if err := n.api.Get(ctx, client.ObjectKeyFromObject(o), o); err != nil {
		return "", err
	}
	d := n.deployments[o.UID]
	switch {
	case d == nil || d.generation != o.Generation:
		return "it was not looked at yet", nil
	case d.waiting != "":
		return d.waiting, nil
	case len(d.pods) < int(*o.Spec.Replicas):
		return fmt.Sprintf("it ended, and printed: %s", d.ended), nil
	}
	return "", nil
}
