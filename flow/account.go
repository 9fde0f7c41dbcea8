package flow

// Account asks for the account of the registrar that asks: its settings and its funds as they are now, whenever the
// engine last ran. Manual 6.8 and 6.9.
type Account struct{}

// Answer returns a RegistrarAccount.
func (Account) Answer(c *Call) (Reply, error) {
	r, _ := c.RegistrarByID(c.Registrar.ID)
	if err := c.check(registrarIsActive(r)); err != nil {
		return nil, err
	}
	return RegistrarAccount{r, c.Funds()}, nil
}
