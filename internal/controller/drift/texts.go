package drift

// Text is a leaf that is a text.
type Text struct {
	Path string
	Want *string
	Have string
}

// SpareTexts notes each leaf, and takes out of what is wanted what is to be left as another client made it.
func (d *Drift) SpareTexts(leaves ...Text) error {
	for _, l := range leaves {
		if err := Spare(d, l.Path, l.Want, l.Have); err != nil {
			return err
		}
	}
	return nil
}

// Spare does so with one leaf of any type.
func Spare[V comparable](d *Drift, path string, want *V, have V) error {
	mark, err := Fingerprint(*want)
	if err == nil && d.Spares(path, mark[:MarkSize], *want != have) {
		*want = have
	}
	return err
}
