package dev.sluice.translation;

/**
 * A side input of one ParDo: which exchange brings its panes and how they are looked at.
 *
 * <p>The panes on the exchange are {@code Iterable}s of the elements of {@code collection} that
 * fell into one window and have that window's pane; a later pane of the same window replaces an
 * earlier one. The proto's {@code SideInput} message (access pattern, view function, window mapping
 * function) is found in the ParDo's payload under {@code localName}.
 *
 * @param localName the name under which the transform's payload knows it
 * @param collection the PCollection id that the view was made of
 * @param exchangeId the broadcast exchange into this stage that carries its panes
 */
public record SideInput(String localName, String collection, String exchangeId) {}
