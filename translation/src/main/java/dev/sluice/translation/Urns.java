package dev.sluice.translation;

import org.apache.beam.sdk.util.construction.PTransformTranslation;

/** URNs of transforms that more than one pass looks at. */
final class Urns {
  private Urns() {}

  // Beam's constants for these two are marked deprecated, because SDKs should not write them any
  // more.
  static final String READ = "beam:transform:read:v1";
  static final String CREATE_VIEW = "beam:transform:create_view:v1";

  static boolean isWholeParDo(String urn) {
    return urn.equals(PTransformTranslation.PAR_DO_TRANSFORM_URN);
  }
}
