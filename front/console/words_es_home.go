package console

// spanishHome returns the Spanish of the overview.
func spanishHome() map[string]string {
	return map[string]string{
		"Messages that wait":                  "Mensajes que esperan",
		"Latest invoice":                      "Última factura",
		"All invoices":                        "Todas las facturas",
		"Register a name":                     "Registrar un nombre",
		"Expire within 30 days":               "Vencen en 30 días",
		"Transfers that wait for your answer": "Transferencias que esperan su respuesta",
		"Deleted, and can be restored":        "Eliminados, y se pueden restaurar",
		"Answer these transfers":              "Responda estas transferencias",
		"Approved by itself on":               "Se aprueba sola el",
		"Expiring soon":                       "Vencen pronto",
		"Can still be restored":               "Aún se pueden restaurar",
		"Until":                               "Hasta",
		"over %s":                             "más de %s",
		"All of them":                         "Todos",
		"Maintenance":                         "Mantenimiento",
		"Nothing that costs money can be done until %s more is there.": "No se puede hacer nada que cueste dinero hasta que haya %s más.",
		"The available credit is low: %s.":                             "El crédito disponible es bajo: %s.",
	}
}
