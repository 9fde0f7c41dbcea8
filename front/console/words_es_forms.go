package console

// spanishForms returns the Spanish of what forms say: what is wrong, what it costs, what happens next.
func spanishForms() map[string]string {
	return map[string]string{
		"As things are, you could restore the name and not renew it afterwards: it would be deleted again, and the price of the restore lost.": "Tal como están las cosas, podría restaurar el nombre pero no renovarlo después: se eliminaría otra vez y se perdería el precio de la restauración.",
		"What it costs": "Lo que cuesta",
		"set aside when the name renews itself at the end of today (UTC)": "se aparta cuando el nombre se renueva solo al final de hoy (UTC)",
		"when you renew the name, which has to be today (UTC)":            "cuando usted renueve el nombre, lo que tiene que ser hoy (UTC)",
		"Altogether": "En total",
		"The name is back in the zone at once, with what it had.": "El nombre vuelve a la zona de inmediato, con lo que tenía.",
		"It renews itself on":     "Se renueva solo el",
		"and runs until":          "y dura hasta el",
		"You need do nothing.":    "Usted no tiene que hacer nada.",
		"You have to renew it by": "Usted tiene que renovarlo a más tardar el",
		"Otherwise it is deleted again, and the price of the restore is not returned.": "Si no, se elimina otra vez y el precio de la restauración no se devuelve.",
		"Once renewed, it runs until":                                           "Una vez renovado, dura hasta el",
		"The page of its renewal opens next.":                                   "A continuación se abre la página de su renovación.",
		"It need not be renewed now: it runs until":                             "No hace falta renovarlo ahora: dura hasta el",
		"I agree to both prices":                                                "Acepto los dos precios",
		"The name was restored for %s. It renews itself on %s, for %s.":         "El nombre se restauró por %s. Se renueva solo el %s, por %s.",
		"The name was restored for %s. Renew it by %s, or it is deleted again.": "El nombre se restauró por %s. Renuévelo a más tardar el %s o se eliminará otra vez.",
		"One thing in the form is not right; nothing was changed.":              "Una cosa del formulario no está bien; no se cambió nada.",
		"%d things in the form are not right; nothing was changed.":             "%d cosas del formulario no están bien; no se cambió nada.",
		"Line %d (%s): %s":                                      "Línea %d (%s): %s",
		"this is not the name of a server.":                     "no es el nombre de un servidor.",
		"this is neither a DS nor a DNSKEY record of the name.": "no es un registro DS ni DNSKEY del nombre.",
		"Remove this bulk action?":                              "¿Quitar esta acción masiva?",
		"Remove…":                                               "Quitar…",
		"Remove the bulk action":                                "Quitar la acción masiva",
		"Nothing of it was done, and nothing will be. The preview and its list of names are removed.":     "No se hizo nada de ella ni se hará. Se quitan la vista previa y su lista de nombres.",
		"What was done stays done. The result file is removed with it: download it first if you need it.": "Lo que se hizo queda hecho. El archivo de resultados se quita con ella: descárguelo antes si lo necesita.",
	}
}
