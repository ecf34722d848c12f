package scenarios

import (
	"fmt"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func (t *tale) bucket() string { return fmt.Sprintf("bucket-%d", t.longer()) }

func (t *tale) makesConnection() *step {
	name := pick(t, t.told.conns, false, "c d", nil)
	if name == "" {
		return nil
	}
	bucket := t.bucket()
	obj := s3Connection(t.id(name), t.id(ofAccount[name]), t.id(keysName))
	obj.Spec.AmazonS3.Bucket = bucket
	told := &toldConnection{bucket: bucket}
	t.mayReport(obj, &told.toldObject)
	return &step{what: "make connection " + name + " to " + bucket, anew: s3Connection(t.id(name), "", ""), object: obj, does: func() {
		t.create(obj)
		t.told.conns[name] = told
	}}
}

func (t *tale) editsConnection() *step {
	name := pick(t, t.told.conns, true, "c d", nil)
	if name == "" {
		return nil
	}
	bucket, obj := t.bucket(), s3Connection(t.id(name), "", "")
	return &step{what: "edit connection " + name + " to " + bucket, object: obj, does: func() {
		edits(t, obj, func(c *v1alpha1.CloudConnection) { c.Spec.AmazonS3.Bucket = bucket })
		t.told.conns[name].bucket = bucket
	}}
}

func (t *tale) deletesConnection() *step {
	name := pick(t, t.told.conns, true, "c d", nil)
	if name == "" {
		return nil
	}
	obj, policy := s3Connection(t.id(name), "", ""), v1alpha1.DeletionPolicy(t.one("Delete", "Retain"))
	retains := policy == v1alpha1.DeletionRetain
	return &step{what: string(policy) + " connection " + name, certain: retains, settles: retains, object: obj, does: func() {
		t.goes(obj, policy)
		delete(t.told.conns, name)
		for _, r := range t.told.rows {
			if _, had := r.conns[name]; had && retains {
				r.given++
			}
			delete(r.conns, name)
		}
	}}
}
