package scenarios

import (
	"fmt"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func (t *history) bucket() string { return fmt.Sprintf("bucket-%d", t.longer()) }

func (t *history) makesConnection() *step {
	name := pick(t, t.model.conns, false, "c d", nil)
	if name == "" {
		return nil
	}
	bucket := t.bucket()
	obj := s3Connection(t.id(name), t.id(ofAccount[name]), t.id(keysName))
	obj.Spec.AmazonS3.Bucket = bucket
	c := &modelConnection{bucket: bucket}
	t.mayReport(obj, &c.modelObject)
	return &step{what: "make connection " + name + " to " + bucket, absent: s3Connection(t.id(name), "", ""), object: obj, does: func() {
		t.create(obj)
		t.model.conns[name] = c
	}}
}

func (t *history) editsConnection() *step {
	name := pick(t, t.model.conns, true, "c d", nil)
	if name == "" {
		return nil
	}
	bucket, obj := t.bucket(), s3Connection(t.id(name), "", "")
	return &step{what: "edit connection " + name + " to " + bucket, object: obj, does: func() {
		edits(t, obj, func(c *v1alpha1.CloudConnection) { c.Spec.AmazonS3.Bucket = bucket })
		t.model.conns[name].bucket = bucket
	}}
}

func (t *history) deletesConnection() *step {
	name := pick(t, t.model.conns, true, "c d", nil)
	if name == "" {
		return nil
	}
	obj, policy := s3Connection(t.id(name), "", ""), v1alpha1.DeletionPolicy(t.one("Delete", "Retain"))
	retains := policy == v1alpha1.DeletionRetain
	return &step{what: string(policy) + " connection " + name, certain: retains, settles: retains, object: obj, does: func() {
		t.goes(obj, policy)
		delete(t.model.conns, name)
		for _, r := range t.model.rows {
			if _, had := r.conns[name]; had && retains {
				r.given++
			}
			delete(r.conns, name)
		}
	}}
}
