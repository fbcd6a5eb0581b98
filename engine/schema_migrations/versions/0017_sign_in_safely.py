"""sign in safely."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sign_in') as sign_in:
        sign_in.add_column(sa.Column('device', sa.Text(), server_default='', nullable=False, comment='browser and system, in a few words'))
        sign_in.add_column(sa.Column('awaits_code', sa.Boolean(), server_default=sa.false(), nullable=False, comment='lets nobody in: the second factor has not been given yet'))
    op.create_table('second_factor',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=False, comment='base 32, as the app was given it'),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True, comment='a code of it was given; null: being set up, asked for by nothing yet'),
    sa.Column('used_step', sa.Integer(), nullable=True, comment='the half minute since 1970 whose code was taken last; none before it is taken'),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_second_factor_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_second_factor'))
    )
    op.create_index('ix_second_factor_account', 'second_factor', ['account_id'])
    op.create_table('recovery_code',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('factor_id', sa.Uuid(), nullable=False),
    sa.Column('key_id', sa.Text(), nullable=False, comment='the audit key that the hash hangs on'),
    sa.Column('code_hash', sa.Text(), nullable=False, comment='HMAC-SHA256; the code itself is not kept'),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='newer codes took its place'),
    sa.ForeignKeyConstraint(['factor_id'], ['second_factor.id'], name=op.f('fk_recovery_code_factor_id_second_factor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code'))
    )
    op.create_index('ix_recovery_code_factor', 'recovery_code', ['factor_id'])
    op.create_table('provider_identity',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('issuer', sa.Text(), nullable=False, comment='address of the provider'),
    sa.Column('subject', sa.Text(), nullable=False, comment='what the provider calls the person, for good'),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_provider_identity_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_identity'))
    )
    op.create_index('ix_provider_identity_account', 'provider_identity', ['account_id'])
    op.create_index('ix_provider_identity_subject', 'provider_identity', ['issuer', 'subject'])


def downgrade() -> None:
    op.drop_table('provider_identity')
    op.drop_table('recovery_code')
    op.drop_table('second_factor')
    with op.batch_alter_table('sign_in') as sign_in:
        sign_in.drop_column('awaits_code')
        sign_in.drop_column('device')
